package main

import (
	"embed"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"headsup/cmd/headsup/access"
	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/show"
	"headsup/cmd/headsup/usage"
)

const exitCodes = `
Exit codes: 0 done, 1 error, 2 usage, 3 done with something left over, 130 interrupted.`

// A program is what all verbs share: where to read and write, and the flags
// that stand before or after any verb.
type program struct {
	*show.Lines
	stdin io.Reader
	dir   string // campaign folder
}

func newRoot(stdin io.Reader, stdout, stderr io.Writer) *cobra.Command {
	p := &program{Lines: &show.Lines{Console: &console.Console{Stdout: stdout, Stderr: stderr}}, stdin: stdin}
	root := &cobra.Command{
		Use:           "headsup",
		Short:         "Scan results in, letters to the right desks out, once each",
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
	}
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(usage.FlagError)
	flags := root.PersistentFlags()
	flags.StringVarP(&p.dir, "dir", "C", ".", "campaign `folder` (the one with headsup.toml)")
	flags.BoolVar(&p.JSON, "json", false, "one JSON object a line on stdout")
	flags.BoolVarP(&p.Quiet, "quiet", "q", false, "no progress")
	root.AddCommand(
		demoCommand(p), initCommand(p),
		checkCommand(p), lookupCommand(p), leasesCommand(p), customersCommand(p), whoCommand(p), snapshotCommand(p), bootstrapCommand(p), draftCommand(p),
		reviewCommand(p), serveCommand(p), access.Users(access.Shell{Lines: p.Lines, Open: p.inCampaign}), approveCommand(p), holdCommand(p), doctorCommand(p), sendCommand(p), stopCommand(p), resumeCommand(p), inboxCommand(p), forwardCommand(p), casesCommand(p), caseCommand(p), measuresCommand(p), forgetCommand(p), resolveCommand(p),
		statusCommand(p), outcomeCommand(p), remindCommand(p), targetsCommand(p), answersCommand(p), answerCommand(p), ticketsCommand(p), correctCommand(p), experimentCommand(p), reportCommand(p), suppressCommand(p), exportCommand(p), postCommand(p), templatesCommand(p), ledgerCommand(p), backupCommand(p), restoreCommand(p),
	)
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), "{{if .Runnable}}", "{{if and .Runnable (not .Annotations)}}", 1))
	finish(root)
	return root
}

//go:embed help
var help embed.FS

// finish gives a command and those below it what all of them have: the words
// of its -h, which stand in help, the exit codes, and errors of usage.
func finish(c *cobra.Command) {
	name := strings.ReplaceAll(strings.TrimPrefix(c.CommandPath(), "headsup "), " ", "-")
	words, err := help.ReadFile("help/" + name + ".txt")
	if err != nil {
		panic(err) // a verb without its words
	}
	c.Long = string(words) + exitCodes
	for _, below := range c.Commands() {
		finish(below)
	}
	c.Args = usage.Args(c.Args)
	if c.HasSubCommands() && !c.Runnable() {
		c.RunE, c.Args = usage.Verbs, cobra.ArbitraryArgs
		c.Annotations = map[string]string{"verbs": "below"} // its usage is theirs
	}
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
