package lookup

// An Answer is what one registry said about one address or AS number.
type Answer struct {
	Network   Network // with its contacts ranked; none if the answer names none worth writing to
	Elsewhere bool    // the server says that this space is not its own to answer for
	Referral  string  // the server that it names instead ("host" or "host:port"); a claim, not yet checked
	Parent    string  // handle of the enclosing network, where the answer names one
}
