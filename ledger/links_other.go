//go:build !unix

package ledger

// hasOneName trusts a system whose files tell no number of names.
func hasOneName(string) error { return nil }
