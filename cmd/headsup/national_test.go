package main

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"headsup/campaign/settings"
	"headsup/cmd/headsup/usage"
	"headsup/lookup"
	registries "headsup/lookup/loopback"
)

const (
	nationalNetworks  = 5000
	nationalAddresses = 20 // in each
	nationalPace      = 2 * time.Millisecond
	nationalBurst     = 5
)

// nation is 5,000 networks of five registries.
func nation() (networks []registries.Network) {
	for i := range nationalNetworks {
		b := netip.MustParseAddr("2001:db8::").As16()
		b[4], b[5] = byte(i>>8), byte(i)
		networks = append(networks, registries.Network{
			Registry: []string{"ripe", "arin", "apnic", "lacnic", "afrinic"}[i%5], Prefix: netip.PrefixFrom(netip.AddrFrom16(b), 48),
			Name: fmt.Sprintf("NET-%d", i), Org: fmt.Sprintf("Holder %d", i), Handle: fmt.Sprintf("H%d", i), Country: "DE",
			Address: []string{"Street 1", "Town"}, Abuse: fmt.Sprintf("abuse@holder%d.example", i),
		})
	}
	return networks
}

// villains is one network at each registry whose servers mean harm.
func villains() (networks []registries.Network) {
	for i, quirk := range []registries.Quirk{registries.Floods, registries.Bomb, registries.Garbled, registries.Inward, registries.Loops} {
		b := netip.MustParseAddr("2001:db8:ff00::").As16()
		b[5] = byte(i)
		networks = append(networks, registries.Network{
			Registry: []string{"ripe", "arin", "apnic", "lacnic", "afrinic"}[i], Prefix: netip.PrefixFrom(netip.AddrFrom16(b), 48), Quirk: quirk,
		})
	}
	return networks
}

// TestNationalCampaign looks up 100,000 addresses in 5,000 networks, and five
// that are not answered for in good faith, is killed on the way, and is started
// again: no network is asked about twice but for those that were on the wire,
// no registry sees more than its pace, and memory stays small.
func TestNationalCampaign(t *testing.T) {
	if os.Getenv("HEADSUP_REAL") == "" {
		t.Skip("takes half a minute; runs where HEADSUP_REAL is set")
	}
	networks, bad := nation(), villains()
	world, err := registries.Start(t.Context(), append(networks, bad...))
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	binary, dir := buildHeadsup(t), t.TempDir()
	servers := world.Registries()
	for name, s := range servers {
		s.Every, s.Burst, s.Connections = lookup.Interval(nationalPace), nationalBurst, 4
		servers[name] = s
	}
	text, err := toml.Marshal(map[string]any{
		"campaign": map[string]any{"id": "nation26"},
		"agency":   []map[string]any{{"id": "a", "name": "Agency", "from": "notices@example.org"}},
		"lookup":   map[string]any{"registries": servers, "allow_special": registries.Special()},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, settings.File), text, 0o644); err != nil {
		t.Fatal(err)
	}
	var addrs strings.Builder
	for _, n := range bad {
		fmt.Fprintln(&addrs, n.Prefix.Addr().Next())
	}
	for k := range nationalAddresses { // one network after the other, again and again
		for _, n := range networks {
			b := n.Prefix.Addr().As16()
			b[7], b[15] = byte(k), 1
			fmt.Fprintln(&addrs, netip.AddrFrom16(b))
		}
	}
	lookups := func() (*exec.Cmd, *bytes.Buffer) {
		cmd := exec.Command(binary, "-C", dir, "lookup")
		var out bytes.Buffer
		cmd.Stdin, cmd.Stdout = strings.NewReader(addrs.String()), &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd, &out
	}
	begun := time.Now()
	killed, _ := lookups()
	for range time.Tick(5 * time.Millisecond) {
		if len(world.Served()) >= nationalNetworks/3 {
			break
		}
	}
	killed.Process.Signal(syscall.SIGKILL)
	killed.Wait()

	cmd, out := lookups()
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != usage.Left {
		t.Fatalf("%v, want what is left over", err)
	}
	took := time.Since(begun)
	if n := strings.Count(out.String(), "\tfailed\t"); n != len(bad) {
		t.Errorf("%d failed, want %d", n, len(bad))
	}
	if n := world.Trapped(); n > 0 {
		t.Errorf("%d connections were led inside", n)
	}
	if n := strings.Count(out.String(), "\tfound\t"); n != nationalNetworks*nationalAddresses {
		t.Errorf("%d addresses found, want %d", n, nationalNetworks*nationalAddresses)
	}
	twice := 0
	for p, n := range world.Served() {
		if n > 2 {
			t.Errorf("%s was asked about %d times", p, n)
		}
		twice += n - 1
	}
	if most := 5 * 4; twice > most { // registries, and look-ups under way at each
		t.Errorf("%d networks were asked about twice, want at most the %d that were on the wire", twice, most)
	}
	if least := nationalPace * (nationalNetworks/5 - 2*nationalBurst); took < least {
		t.Errorf("it took %v: faster than the pace allows, %v", took, least)
	}
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10
	if peak > 300 {
		t.Errorf("peak memory %d MB", peak)
	}
	t.Logf("%d addresses in %d networks: %v, peak memory %d MB, %d networks twice after kill -9", nationalNetworks*nationalAddresses, nationalNetworks, took.Round(time.Millisecond), peak, twice)
}
