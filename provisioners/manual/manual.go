// Package manual is the provisioner for systems that no machine of ours can
// reach: it asks a person to make the change, and believes what he says.
//
// A target reads "<app>/<level>: <instruction>", for instance
// "github/admin: Add as owner, then mark done." The part before the first ": "
// is its key, so that two apps with the same instruction stay two targets.
package manual

import (
	"context"
	"strings"
	"time"

	"countersign/provisioners"
)

// Source is how a person's word is named in an observation.
const Source = "person"

// Provisioner asks people. It keeps nothing; a change is done when it comes
// back with a confirmation.
type Provisioner struct{}

var _ provisioners.Provisioner = Provisioner{}

// New returns a Provisioner.
func New() Provisioner { return Provisioner{} }

// TargetKey returns "manual:" and the part of the target that names the app and
// the level.
func (Provisioner) TargetKey(ctx context.Context, target string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	name, _, err := split(target)
	if err != nil {
		return "", err
	}
	return "manual:" + name, nil
}

// Apply waits with a task until the change carries a confirmation, and then
// reports the confirmed state as somebody's word. It cannot know whether the
// state held before, so every confirmed change counts as made.
func (Provisioner) Apply(ctx context.Context, c provisioners.Change) (provisioners.Result, error) {
	if err := ctx.Err(); err != nil {
		return provisioners.Result{}, err
	}
	_, instruction, err := split(c.Target)
	if err != nil {
		return provisioners.Result{}, err
	}
	if c.Confirmed == nil {
		return provisioners.Result{Waiting: true, Task: task(instruction, c)}, nil
	}
	return provisioners.Result{Changed: true, Seen: word(c)}, nil
}

// Read repeats the confirmation. Without one the change counts as not made: the
// person is without access that was to be given, and still has what was to end.
func (Provisioner) Read(ctx context.Context, c provisioners.Change) (provisioners.Observation, error) {
	if err := ctx.Err(); err != nil {
		return provisioners.Observation{}, err
	}
	if _, _, err := split(c.Target); err != nil {
		return provisioners.Observation{}, err
	}
	if c.Confirmed == nil {
		return provisioners.Observation{Present: !c.Present, Source: Source, Query: "nobody has confirmed the change"}, nil
	}
	return word(c), nil
}

func split(target string) (name, instruction string, err error) {
	name, instruction, ok := strings.Cut(target, ": ")
	name, instruction = strings.TrimSpace(name), strings.TrimSpace(instruction)
	if !ok || name == "" || instruction == "" {
		return "", "", &provisioners.Permanent{
			Reason: "The level has no instruction to give to a person",
			Next:   "Write one under provision, manual in the configuration.",
		}
	}
	return name, instruction, nil
}

// task words the instruction. It names nobody: whoever shows it knows whom it is
// about.
func task(instruction string, c provisioners.Change) string {
	if c.Present {
		return instruction
	}
	return "Take it away again. It was given so: " + instruction
}

func word(c provisioners.Change) provisioners.Observation {
	return provisioners.Observation{
		Present: c.Present,
		Source:  Source,
		Query:   "confirmed by " + c.Confirmed.By,
		At:      c.Confirmed.At,
		Details: map[string]string{
			"by":   c.Confirmed.By,
			"note": c.Confirmed.Note,
			"at":   c.Confirmed.At.UTC().Format(time.RFC3339),
		},
	}
}
