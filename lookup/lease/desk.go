package lease

import "os"

// OpenDesk opens what says who held an address: the folder of an index, the
// file of the customers, and that of translators (RFC 7422), which may be "".
// The caller closes the index.
func OpenDesk(index, customers, nat string) (d Desk, err error) {
	f, err := os.Open(customers)
	if err != nil {
		return d, err
	}
	defer f.Close()
	if d.Customers, err = ReadCustomers(f, customers); err != nil {
		return d, err
	}
	if nat != "" {
		f, err := os.Open(nat)
		if err != nil {
			return d, err
		}
		defer f.Close()
		if d.NAT, err = ReadDeterministic(f, nat); err != nil {
			return d, err
		}
	}
	d.Index, err = Open(index)
	return d, err
}
