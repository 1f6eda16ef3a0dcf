package porter

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// document is the command of Porter's page on the setting.
const document = `curl -X PUT \
  "https://api.porter.run/api/v2/projects/{project_id}/reject-user-jwt-tokens" \
  -H "Authorization: Bearer $PORTER_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"reject_user_jwt_tokens": true}'`

// bash runs a script and returns what it prints.
func (s *service) bash(script string, variables ...string) string {
	s.t.Helper()
	command := exec.Command("bash", "-euo", "pipefail", "-c", script)
	command.Dir = s.t.TempDir()
	command.Env = append(os.Environ(), "PORTER="+s.url)
	command.Env = append(command.Env, variables...)
	command.Stderr = os.Stderr
	said, err := command.Output()
	if err != nil {
		s.t.Fatal(err, string(said))
	}
	return string(said)
}

func TestTheDocumentsCommandWorksAsItStands(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project := s.project(ada)
	user := s.login(ada)
	api, _ := s.apiToken(ada, project, "admin")
	here := strings.NewReplacer("https://api.porter.run", s.url, "{project_id}", fmt.Sprint(project), "curl ", "curl -s ").Replace(document)

	// By the admin's own token, which the setting then refuses, and by an API token.
	for _, token := range []string{user, api} {
		if said := s.bash(here, "PORTER_TOKEN="+token); said != "{\"reject_user_jwt_tokens\":true}\n" {
			t.Error(said)
		}
		s.expect(401, bearer(user), "GET", pathOf(project), "")
	}
	if said := s.bash(here, "PORTER_TOKEN="+user); !strings.Contains(said, "use a project API token") {
		t.Error(said)
	}
	back := strings.Replace(here, ": true", ": false", 1)
	if said := s.bash(back, "PORTER_TOKEN="+api); said != "{\"reject_user_jwt_tokens\":false}\n" {
		t.Error(said)
	}
	s.expect(200, bearer(user), "GET", pathOf(project), "")
}

// The indented lines of the README's walk: what begins with "$ " is a command,
// and what follows is what it prints.
func TestTheReadmesWalkIsAsItSays(t *testing.T) {
	readme := string(must(os.ReadFile("../../examples/porter/README.md")))
	_, walk, found := strings.Cut(readme, "\n## A walk through\n")
	if !found {
		t.Fatal("there is no walk")
	}
	walk, _, _ = strings.Cut(walk, "\n## ")
	var script, expected strings.Builder
	commands := 0
	for line := range strings.Lines(walk) {
		line, isCode := strings.CutPrefix(line, "    ")
		if command, isCommand := strings.CutPrefix(line, "$ "); isCode && isCommand {
			script.WriteString(command)
			commands++
		} else if isCode {
			expected.WriteString(line)
		}
	}
	if commands < 10 {
		t.Fatal("too few commands: ", commands)
	}
	if said := start(t).bash(script.String()); said != expected.String() {
		t.Errorf("it prints\n%s\nand not\n%s", said, expected.String())
	}
}
