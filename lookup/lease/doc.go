// Package lease says who held an address, and a port of it, at a time.
//
// It reads what a provider has: its customers, and the logs of whatever hands
// addresses out (DHCP, RADIUS, translators). It asks nobody, writes to nobody,
// and guesses nothing: a holder that is not certain is no customer, but a
// reason.
package lease
