package letter

// Returned says what a letter becomes when word of it comes back: that it
// could not be delivered, or anything else, which shows that it was sent.
// Empty: it stays what it is. While it is being sent nobody can say yet.
func Returned(s State, undelivered bool) (to State, ok bool) {
	switch {
	case s == Sending:
		return "", false
	case undelivered && s.May(Bounced):
		return Bounced, true
	case !undelivered && s == Unknown:
		return Sent, true
	}
	return "", true
}
