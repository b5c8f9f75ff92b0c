package web

import (
	"context"
	"net"
	"net/http"
	"time"

	"golang.org/x/text/language"

	"headsup/campaign"
	"headsup/render"
)

// OptOuts returns what answers those who follow the List-Unsubscribe address of
// a campaign's letters. heard is told what became of each wish, from many
// goroutines; in is empty where a token stands for no letter.
func OptOuts(c *campaign.Campaign, heard func(in campaign.Incoming, err error)) OneClick {
	return OneClick{
		Honour: func(ctx context.Context, token string) (bool, error) {
			in, ok, err := c.OptOut(ctx, token)
			heard(in, err)
			return ok, err
		},
		Say: func(answer, accept string) []render.Notice { return c.Notices(answer, accepted(accept)) },
	}
}

// ServeOptOuts answers with [OptOuts] on a listener until it is shut down.
func ServeOptOuts(l net.Listener, c *campaign.Campaign, heard func(in campaign.Incoming, err error)) *http.Server {
	server := &http.Server{
		Handler:        OptOuts(c, heard),
		ReadTimeout:    10 * time.Second,
		WriteTimeout:   time.Minute,
		MaxHeaderBytes: 16 << 10,
	}
	go server.Serve(l)
	return server
}

// maxAccept is the size of an Accept-Language header. What is longer is no
// browser's.
const maxAccept = 1000

// accepted lists the languages of an Accept-Language header (RFC 9110
// §12.5.4), the best first; none if it is not one.
func accepted(header string) (langs []string) {
	if len(header) > maxAccept {
		return nil
	}
	tags, _, _ := language.ParseAcceptLanguage(header)
	for _, tag := range tags {
		langs = append(langs, tag.String())
	}
	return langs
}
