package campaigntest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is how Linux counts the CPU time of a process (clock_t, 100 a second).
const tick = 10 * time.Millisecond

// CPUTime is what the process has taken so far, or 0 where /proc does not say.
func CPUTime() time.Duration {
	text, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}

// PeakMemory is the most that the process had resident, in bytes, or 0 where
// /proc does not say.
func PeakMemory() (bytes int64) {
	text, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	fmt.Sscan(rest, &bytes)
	return bytes << 10
}
