package mailer

import (
	"context"
	"errors"
	"fmt"
	"net/mail"

	"headsup/letter"
)

// Copy implements [Copier]. A copy's envelope sender is the From of the letter,
// without the key: what becomes of the copy is not what became of the letter.
func (p *SMTP) Copy(ctx context.Context, e letter.Envelope) (failed error) {
	from, copies := copiesOf(e.Mail)
	for _, to := range copies {
		c := e
		c.From, c.To = from, to
		if o := p.post(ctx, c, ctx.Err); o.State != letter.Sent {
			failed = errors.Join(failed, fmt.Errorf("copy to %s: %s", to, o.Text))
		}
	}
	return failed
}

// copiesOf returns whom the Cc field of a letter names, and whom it is from.
func copiesOf(text []byte) (from string, copies []string) {
	h, err := readHeader(text)
	if err != nil || len(h["Cc"]) == 0 || len(h["From"]) == 0 {
		return "", nil
	}
	list, err := mail.ParseAddressList(h["Cc"][0])
	sender, err2 := mail.ParseAddress(h["From"][0])
	if err != nil || err2 != nil {
		return "", nil
	}
	for _, a := range list {
		copies = append(copies, a.Address)
	}
	return sender.Address, copies
}
