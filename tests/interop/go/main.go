// golang-jwt and jwx.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

// request is a line of the coordinator's; see ../README.md.
type request struct {
	Do, Peer, Algorithm, Form, Key, Token, Issuer, Audience string
	KID                                                     string
	Claims                                                  map[string]any
}

// peer is a library.
type peer interface {
	module() string
	generate(algorithm string) (private, public string, err error)
	mint(request) (string, error)
	verify(request) (map[string]any, error)
}

var peers = map[string]peer{"golang-jwt": golang{}, "jwx": jwx{}}

var (
	errAlgorithm = errors.New("algorithm")
	errKey       = errors.New("key")
)

// refusal is a signature that doesn't hold.
type refusal struct{ error }

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		decoder := json.NewDecoder(strings.NewReader(lines.Text()))
		decoder.UseNumber() // or whole numbers would be minted as floats
		var asked request
		if err := decoder.Decode(&asked); err != nil {
			panic(err)
		}
		text, err := json.Marshal(answer(asked))
		if err != nil {
			panic(err)
		}
		fmt.Println(string(text))
	}
}

func answer(asked request) map[string]any {
	if asked.Do == "peers" {
		return map[string]any{"peers": versions()}
	}
	var answered map[string]any
	var err error
	switch asking := peers[asked.Peer]; asked.Do {
	case "generate":
		var private, public string
		private, public, err = asking.generate(asked.Algorithm)
		answered = map[string]any{"private": private, "public": public}
	case "mint":
		var token string
		token, err = asking.mint(asked)
		answered = map[string]any{"token": token}
	case "verify":
		var claims map[string]any
		claims, err = asking.verify(asked)
		answered = map[string]any{"claims": claims}
	}
	switch {
	case err == nil:
		return answered
	case errors.Is(err, errAlgorithm), errors.Is(err, errKey):
		return map[string]any{"absent": err.Error()}
	case errors.As(err, new(refusal)):
		return map[string]any{"refused": err.Error()}
	}
	return map[string]any{"error": err.Error()}
}

// versions says which versions this program was built with.
func versions() []map[string]string {
	var found []map[string]string
	built, _ := debug.ReadBuildInfo()
	for _, name := range []string{"golang-jwt", "jwx"} {
		for _, module := range built.Deps {
			if module.Path == peers[name].module() {
				found = append(found, map[string]string{"name": name, "version": module.Version[1:]})
			}
		}
	}
	return found
}
