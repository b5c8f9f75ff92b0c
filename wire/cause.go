package wire

import (
	"crypto/x509"
	"errors"
	"net"
	"strings"
)

// Why there is no connection, for those who can do something about it.
var (
	ErrExpired          = errors.New("the server's certificate has expired")
	ErrUnknownAuthority = errors.New("nobody knows who issued the server's certificate")
	ErrOtherName        = errors.New("the server's certificate is for another name")
	ErrWantsCertificate = errors.New("the server wants to see our certificate")
	ErrProxy            = errors.New("the proxy does not let us through")
)

// certificateWanted is how crypto/tls words an alert whose type it keeps to itself.
const certificateWanted = "tls: certificate required"

// Cause returns an error that reads like err and, where the reason is one of
// those above, is that one too.
func Cause(err error) error {
	var (
		invalid   x509.CertificateInvalidError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		op        *net.OpError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return Because(err, ErrExpired)
	case errors.As(err, &authority):
		return Because(err, ErrUnknownAuthority)
	case errors.As(err, &name):
		return Because(err, ErrOtherName)
	case strings.HasSuffix(err.Error(), certificateWanted):
		return Because(err, ErrWantsCertificate)
	case errors.As(err, &op) && strings.HasPrefix(op.Op, "socks"):
		return Because(err, ErrProxy)
	}
	return err
}

// Because returns an error that reads like err, and is also cause.
func Because(err, cause error) error { return caused{err, cause} }

type caused struct {
	error
	cause error
}

func (c caused) Unwrap() []error { return []error{c.error, c.cause} }
