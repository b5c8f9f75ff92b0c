package lookup

import "time"

// Rate returns how often each host of the settings may be asked, for a [Pacer]
// that several processes share.
func (r Registries) Rate() (rate func(host string) (every time.Duration, burst int), err error) {
	all, err := r.offices()
	if err != nil {
		return nil, err
	}
	return newGate(all, Options{}).rate, nil
}
