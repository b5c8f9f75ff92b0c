package main

import (
	"embed"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"headsup/cmd/headsup/console"
	"headsup/cmd/headsup/show"
	"headsup/pattern"
	"headsup/sheet"
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
	root.SetFlagErrorFunc(flagError)
	flags := root.PersistentFlags()
	flags.StringVarP(&p.dir, "dir", "C", ".", "campaign `folder` (the one with headsup.toml)")
	flags.BoolVar(&p.JSON, "json", false, "one JSON object a line on stdout")
	flags.BoolVarP(&p.Quiet, "quiet", "q", false, "no progress")
	root.AddCommand(
		demoCommand(p), initCommand(p),
		checkCommand(p), lookupCommand(p), leasesCommand(p), whoCommand(p), snapshotCommand(p), bootstrapCommand(p), draftCommand(p),
		reviewCommand(p), serveCommand(p), usersCommand(p), approveCommand(p), holdCommand(p), doctorCommand(p), sendCommand(p), stopCommand(p), resumeCommand(p), inboxCommand(p), forwardCommand(p), casesCommand(p), caseCommand(p), forgetCommand(p), resolveCommand(p),
		statusCommand(p), outcomeCommand(p), remindCommand(p), targetsCommand(p), answersCommand(p), answerCommand(p), correctCommand(p), experimentCommand(p), reportCommand(p), suppressCommand(p), exportCommand(p), postCommand(p), templatesCommand(p), ledgerCommand(p), backupCommand(p), restoreCommand(p),
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
	c.Args = usageArgs(c.Args)
	if c.HasSubCommands() && !c.Runnable() {
		c.RunE, c.Args = verbs, cobra.ArbitraryArgs
		c.Annotations = map[string]string{"verbs": "below"} // its usage is theirs
	}
}

// verbs is what a command does that has verbs below it and is none itself: it
// shows them, or says which of them was probably meant.
func verbs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usageError{meant(fmt.Errorf("unknown command %q", args[0]), sheet.Nearest(args[0], names))}
}

var longFlag = pattern.New(`--[a-z][a-z0-9-]*`)

// flagError says which flag was probably meant where there is none of this name.
func flagError(cmd *cobra.Command, err error) error {
	near := ""
	if name, ok := strings.CutPrefix(err.Error(), "unknown flag: "); ok {
		near = sheet.Nearest(name, longFlag.FindAllString(cmd.UsageString(), -1))
	}
	return usageError{meant(err, near)}
}

// meant adds what was probably meant to an error about what was said.
func meant(err error, near string) error {
	if near == "" {
		return err
	}
	return fmt.Errorf("%w; perhaps %s", err, near)
}

// usageArgs turns a complaint about arguments into a usage error.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check == nil {
			check = cobra.ArbitraryArgs
		}
		if err := check(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
