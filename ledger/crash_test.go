package ledger

func sender(dsn string) int { return 0 }
