package pylon

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// A command block of the README, and what it prints.
var step = regexp.MustCompile("(?s)```sh\n(.*?)```\n```text\n(.*?)\n```")

func TestTheWalkOfTheREADME(t *testing.T) {
	s := start(t, nil)
	readme, err := os.ReadFile("../../examples/pylon/README.md")
	must(t, err)
	steps := step.FindAllStringSubmatch(string(readme), -1)
	if len(steps) < 4 {
		t.Fatalf("only %d steps were found", len(steps))
	}

	const end = "\x01"
	script := "set -euo pipefail\n"
	for _, step := range steps {
		script += step[1] + "printf '" + `\001` + "'\n"
	}
	// In one shell, as a reader has one; on the port of this test.
	script = strings.ReplaceAll(script, "http://127.0.0.1:4321", s.url)
	said, err := exec.Command("bash", "-c", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	printed := strings.Split(string(said), end)
	for index, step := range steps {
		wanted := regexp.QuoteMeta(step[2])
		wanted = "^" + strings.ReplaceAll(wanted, "…", `[0-9a-f]+`) + "\n?$"
		if !regexp.MustCompile(wanted).MatchString(printed[index]) {
			t.Errorf("step %d prints %s", index, printed[index])
		}
	}
}
