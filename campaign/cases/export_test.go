package cases

import "testing"

// SmallNotices has notices be as small until the test ends.
func SmallNotices(t *testing.T, largest, most int) {
	a, b := largestNotice, mostNotices
	largestNotice, mostNotices = largest, most
	t.Cleanup(func() { largestNotice, mostNotices = a, b })
}
