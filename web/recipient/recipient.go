// Package recipient serves those who hold a letter: the agency's advice, and the
// page that confirms a letter and takes an answer. It knows no session and no
// cookie; what a GET asks for changes nothing, since gateways open every link.
package recipient

import (
	"context"
	"errors"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"

	"headsup/campaign"
	"headsup/campaign/recipients"
	"headsup/ledger"
	"headsup/letter"
	"headsup/render"
	"headsup/web/guard"
)

const (
	// maxMisses is how many codes that stand for nothing somebody may try in a
	// window, and maxAnswers how often they may answer.
	maxMisses, maxAnswers = 30, 20
	window                = time.Hour
	// maxClients is how many are counted at once.
	maxClients = 20_000
)

// A Site serves the recipients of one campaign. Any number of goroutines may use
// it.
type Site struct {
	URL string // where its letters say it is, without a slash at its end

	c       *campaign.Campaign
	r       *render.Renderer
	agency  letter.Agency
	home    string
	prefix  string // of the site's paths: "/" or "/letters/"
	log     *slog.Logger
	files   map[string][]byte
	misses  *expirable.LRU[string, *atomic.Int32]
	answers *expirable.LRU[string, *atomic.Int32]
}

// ErrNoSite means that the settings do not say where the pages are.
var ErrNoSite = errors.New("campaign.site is not set: letters lead nowhere")

// New returns the site of an open campaign, which it does not close, at the place
// where its letters say it is. log may be nil.
func New(c *campaign.Campaign, log *slog.Logger) (*Site, error) {
	in := campaign.Within(c)
	where, err := url.Parse(in.Settings.Site())
	if err != nil || where.Host == "" {
		return nil, ErrNoSite
	}
	if err := c.CheckCodes(); err != nil {
		return nil, err
	}
	r, err := in.Renderer()
	if err != nil {
		return nil, err
	}
	s := &Site{
		URL: in.Settings.Site(),
		c:   c, r: r, agency: in.Rules.Agencies[0], home: in.Rules.Language, log: log, files: map[string][]byte{},
		prefix:  "/" + strings.TrimPrefix(strings.TrimSuffix(where.Path, "/")+"/", "/"),
		misses:  expirable.NewLRU[string, *atomic.Int32](maxClients, nil, window),
		answers: expirable.NewLRU[string, *atomic.Int32](maxClients, nil, window),
	}
	pages, err := r.Site(s.agency, s.home)
	for _, p := range pages {
		s.files[p.Name] = p.Data
	}
	return s, err
}

// Handler answers for the host of the site, and for the others named, with port.
func (s *Site) Handler(others []string) http.Handler {
	u, _ := url.Parse(s.URL) // New has parsed it
	return guard.Wrap(s, guard.Options{Hosts: append([]string{strings.ToLower(u.Host)}, others...), TLS: u.Scheme == "https", Log: s.log})
}

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean("/"+strings.TrimPrefix(r.URL.Path, s.prefix)), "/")
	tag, found := strings.CutPrefix(name, "verify/")
	switch q := r.URL.Query(); {
	case found && tag != "index.html":
		s.letter(w, r, strings.TrimSuffix(tag, "/index.html"))
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		s.unknown(w, r, http.StatusMethodNotAllowed)
	case strings.HasSuffix(strings.TrimSuffix(name, "/index.html"), "verify") && q.Get("reference") != "": // the form, without script
		to := url.PathEscape(strings.ToLower(strings.TrimSpace(q.Get("reference")) + "-" + strings.TrimSpace(q.Get("code"))))
		http.Redirect(w, r, s.prefix+"verify/"+to+"/", http.StatusSeeOther)
	default:
		s.file(w, r, name)
	}
}

// file answers with a page of advice.
func (s *Site) file(w http.ResponseWriter, r *http.Request, name string) {
	data, ok := s.files[name]
	if !ok {
		if data, ok = s.files[path.Join(name, "index.html")]; ok && name != "" && !strings.HasSuffix(r.URL.Path, "/") { // links are relative
			http.Redirect(w, r, s.prefix+name+"/", http.StatusMovedPermanently)
			return
		}
		name = path.Join(name, "index.html")
	}
	if !ok || name == "404.html" {
		s.unknown(w, r, http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "public, max-age=3600")
	w.Header().Del("X-Robots-Tag")
	w.Write(data)
}

// letter answers with the page of a letter, and notes an answer.
func (s *Site) letter(w http.ResponseWriter, r *http.Request, tag string) {
	who, ctx := client(r), r.Context()
	if many(s.misses, who, maxMisses, 0) {
		s.page(w, http.StatusTooManyRequests, nil, &render.Reply{Outcome: "later"})
		return
	}
	ref, code := cut(tag)
	l, takenBack, err := recipients.Letter(ctx, s.c, ref, code)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		many(s.misses, who, maxMisses, 1)
		s.unknown(w, r, http.StatusNotFound)
		return
	case err != nil:
		s.broken(w, r, err)
		return
	}
	status, reply := http.StatusOK, &render.Reply{}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodPost:
		status, reply = s.answer(ctx, r, who, l)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		status = http.StatusMethodNotAllowed
	}
	p, err := s.r.Confirmation(l, render.Confirming{TakenBack: takenBack, Reply: reply})
	if err != nil {
		s.broken(w, r, err)
		return
	}
	s.page(w, status, p.Data, nil)
}

// answer notes what somebody answers.
func (s *Site) answer(ctx context.Context, r *http.Request, who string, l letter.Letter) (status int, reply *render.Reply) {
	reply = &render.Reply{Outcome: "unclear"}
	if many(s.answers, who, maxAnswers, 1) {
		reply.Outcome = "later"
		return http.StatusTooManyRequests, reply
	}
	if err := r.ParseForm(); err != nil {
		return http.StatusBadRequest, reply
	}
	reply.Said, reply.Contact, reply.Note = letter.Ruling(r.PostForm.Get("said")), r.PostForm.Get("contact"), r.PostForm.Get("note")
	err := recipients.Answer(ctx, s.c, l, recipients.Claim{Said: reply.Said, Contact: reply.Contact, Note: reply.Note})
	switch {
	case err == nil:
		return http.StatusOK, &render.Reply{Outcome: "noted"}
	case errors.Is(err, recipients.ErrUnclear):
		return http.StatusUnprocessableEntity, reply
	case errors.Is(err, recipients.ErrMany), errors.Is(err, ledger.ErrState):
		reply.Outcome = "later"
		return http.StatusTooManyRequests, reply
	}
	s.say(r, err)
	reply.Outcome = "failed"
	return http.StatusServiceUnavailable, reply
}

func (s *Site) unknown(w http.ResponseWriter, r *http.Request, status int) {
	s.page(w, status, nil, nil)
}

// page writes the page of a letter, or, without one, that of none.
func (s *Site) page(w http.ResponseWriter, status int, data []byte, reply *render.Reply) {
	if data == nil {
		var err error
		if data, err = s.r.Unconfirmed(s.agency, []string{s.home}, reply); err != nil {
			status, data = http.StatusInternalServerError, nil
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(data)
}

func (s *Site) broken(w http.ResponseWriter, r *http.Request, err error) {
	s.say(r, err)
	s.page(w, http.StatusServiceUnavailable, nil, &render.Reply{Outcome: "failed"})
}

func (s *Site) say(r *http.Request, err error) {
	if s.log != nil && r.Context().Err() == nil {
		s.log.Error("recipients", "error", err)
	}
}

// cut divides what stands behind verify/: codes have one dash ("7k3q-9xmd").
func cut(tag string) (ref, code string) {
	last := strings.LastIndexByte(tag, '-')
	if last < 0 {
		return "", ""
	}
	dash := strings.LastIndexByte(tag[:last], '-')
	if dash < 0 {
		return "", ""
	}
	return tag[:dash], tag[dash+1:]
}

// many adds to what a client did in the window, and reports whether it was most.
func many(seen *expirable.LRU[string, *atomic.Int32], who string, most, more int32) bool {
	n, ok := seen.Get(who)
	if !ok {
		if n = new(atomic.Int32); more > 0 {
			seen.Add(who, n)
		}
	}
	return n.Add(more)-more >= most
}

// client is who asks: the address that the reverse proxy on this machine saw,
// which is the last one that it wrote down.
func client(r *http.Request) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	all := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	if a := strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:]); a != "" && net.ParseIP(host).IsLoopback() {
		host = a
	}
	ip := net.ParseIP(host)
	if ip != nil && ip.To4() == nil { // who has one address of IPv6 has a network of them
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return host
}
