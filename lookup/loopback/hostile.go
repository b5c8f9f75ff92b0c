package loopback

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Quirks of servers that are broken, or mean harm.
const (
	Drips   Quirk = "drips"   // a byte now and then, for ever
	Floods  Quirk = "floods"  // 100 MB
	Bomb    Quirk = "bomb"    // 100 MB, packed to little
	Garbled Quirk = "garbled" // an answer that breaks off
	Inward  Quirk = "inward"  // leads to a port of this machine, where nobody should come
	Loops   Quirk = "loops"   // redirects to itself
)

const floodSize = 100 << 20

var hostile = map[Quirk]bool{Drips: true, Floods: true, Bomb: true, Garbled: true, Inward: true, Loops: true}

// Trapped returns how many connections came to the port that nobody should
// come to.
func (w *World) Trapped() int { return int(w.trapped.Load()) }

// trap counts who comes, until the listener is closed.
func (w *World) trap() {
	for {
		conn, err := w.inside.Accept()
		if err != nil {
			return
		}
		w.trapped.Add(1)
		conn.Close()
	}
}

func (r *registry) hostileRDAP(rw http.ResponseWriter, req *http.Request, q Quirk) {
	rw.Header().Set("Content-Type", "application/rdap+json")
	var body io.Reader
	switch q {
	case Inward:
		http.Redirect(rw, req, "http://"+r.world.inside.Addr().String()+req.URL.Path, http.StatusFound)
		return
	case Loops:
		http.Redirect(rw, req, req.URL.Path, http.StatusFound)
		return
	case Bomb:
		rw.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(rw)
		io.Copy(packed, flood())
		packed.Close()
		return
	case Drips:
		body = drip{req.Context()}
	case Floods:
		body = flood()
	case Garbled:
		body = strings.NewReader(`{"objectClassName":"ip network","handle":"192.0`)
	}
	control := http.NewResponseController(rw)
	buf := make([]byte, 32<<10)
	for {
		n, err := body.Read(buf)
		if _, gone := rw.Write(buf[:n]); err != nil || gone != nil {
			return
		}
		control.Flush()
	}
}

func (r *registry) hostileWHOIS(q Quirk) io.Reader {
	switch q {
	case Drips:
		return drip{r.world.ctx}
	case Floods, Bomb:
		return flood()
	case Inward:
		host, port, _ := net.SplitHostPort(r.world.inside.Addr().String())
		return strings.NewReader(fmt.Sprintf("%%referral rwhois://%s:%s\nReferralServer: whois://%s:%s\nrefer: %s:%s\n", host, port, host, port, host, port))
	case Loops:
		return strings.NewReader("ReferralServer: whois://" + r.whois.Addr().String() + "\n")
	}
	return strings.NewReader("inetnum:        192.0.2.0 - 192")
}

func flood() io.Reader { return io.LimitReader(blanks{}, floodSize) }

type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// A drip gives a byte now and then.
type drip struct{ ctx context.Context }

func (d drip) Read(p []byte) (int, error) {
	select {
	case <-time.After(50 * time.Millisecond):
		p[0] = ' '
		return 1, nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}
