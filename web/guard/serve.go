package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"
)

// LoopbackNames are the hosts under which this machine alone reaches a listener.
func LoopbackNames(l net.Listener) []string {
	if l.Addr().Network() == "unix" {
		return []string{"localhost"}
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return []string{l.Addr().String(), "localhost:" + port}
}

// Serve answers on a listener until ctx ends, which is the usual end, and then
// lets those who are being answered have the rest. systemd is told when it is
// ready (sd_notify), if it is a service.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := Server(h)
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	if err := ready(os.Getenv("NOTIFY_SOCKET")); err != nil {
		return errors.Join(err, s.Close())
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.Shutdown(last)
}

// ready writes to the socket of systemd, if there is one.
func ready(socket string) error {
	if socket == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	_, err = conn.Write([]byte("READY=1"))
	return errors.Join(err, conn.Close())
}

// ErrNotLoopback means that others than this machine could come to an address.
var ErrNotLoopback = errors.New("is not an address of this machine alone, such as 127.0.0.1:9090")

// Listen listens on a loopback address such as "127.0.0.1:9090": what is
// served there is for this machine, and for a reverse proxy on it. "unix:PATH"
// is a socket for who is in the group of the process alone.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		return listenUnix(ctx, path)
	}
	a, err := netip.ParseAddrPort(addr)
	if err != nil || !a.Addr().IsLoopback() {
		return nil, fmt.Errorf("%q %w", addr, ErrNotLoopback)
	}
	return new(net.ListenConfig).Listen(ctx, "tcp", addr)
}

// listenUnix makes a socket, in the place of one that nobody listens on any more.
func listenUnix(ctx context.Context, path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
		if conn, err := net.Dial("unix", path); err == nil {
			return nil, errors.Join(fmt.Errorf("%s: somebody listens there", path), conn.Close())
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o660); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// BySocket reports whether a request came by a unix socket, to which the
// machine's own file rights let nobody but its reverse proxy.
func BySocket(r *http.Request) bool {
	a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && a.Network() == "unix"
}
