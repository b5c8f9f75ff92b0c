package holder

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"headsup/campaign/settings"
	"headsup/lookup/lease"
)

// Files are what says who held addresses, where no system does: the folder of an
// index, the files of customers and of translators. What is empty is as the
// settings of a folder have it.
type Files struct{ Index, Customers, NAT string }

// Ask answers a question as the folder of a provider does: by the system that its
// settings name, unless a file is named, else by logs. A folder without settings
// has its index in "leases" and its customers in customers.csv. problems are
// sentences about the file of customers.
func Ask(ctx context.Context, folder string, f Files, q lease.Question) (a lease.Answer, problems []lease.Problem, err error) {
	s, err := settings.Load(folder)
	if err != nil && !errors.Is(err, settings.ErrNone) {
		return a, nil, err
	}
	at := Files{filepath.Join(folder, "leases"), filepath.Join(folder, "customers.csv"), ""}
	if err == nil && s.IsProvider() {
		at = Files{s.IndexFolder(), s.Path(s.ISP.Customers), s.Path(s.ISP.NAT)}
		if f == (Files{}) && s.ISP.Holder.Set() {
			return askSystem(ctx, s, q)
		}
	}
	d, err := lease.OpenDesk(cmp.Or(f.Index, at.Index), cmp.Or(f.Customers, at.Customers), cmp.Or(f.NAT, at.NAT))
	if err != nil {
		return a, nil, err
	}
	defer d.Index.Close()
	a, err = d.Who(q, time.Now())
	return a, d.Customers.Problems(), err
}

func askSystem(ctx context.Context, s *settings.Settings, q lease.Question) (a lease.Answer, problems []lease.Problem, err error) {
	in, err := os.Open(s.Path(s.ISP.Customers))
	if err != nil {
		return a, nil, err
	}
	defer in.Close()
	customers, err := lease.ReadCustomers(in, in.Name())
	if err != nil {
		return a, nil, err
	}
	system, err := New(s, customers)
	if err != nil {
		return a, nil, err
	}
	a, err = system.Who(ctx, q)
	return a, customers.Problems(), err
}
