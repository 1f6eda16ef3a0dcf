package jeton

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What the header, the schema and the list of libraries say is in Go, too.

func file(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// declared are the names of the functions that jeton.h declares.
func declared(header string) []string {
	header = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(header, "")
	var names []string
	for _, found := range regexp.MustCompile(`\b(jeton_[a-z_]+)\(`).FindAllStringSubmatch(header, -1) {
		names = append(names, found[1])
	}
	return names
}

func TestTheHeaderIsTheOneThatIsBuiltWith(t *testing.T) {
	if file(t, "../../include/jeton.h") != file(t, "internal/static/jeton.h") {
		t.Error("internal/static/jeton.h is another one: run bindings/go/prepare")
	}
	number, _ := strconv.Atoi(regexp.MustCompile(`JETON_ABI_VERSION (\d+)`).FindStringSubmatch(file(t, "../../include/jeton.h"))[1])
	if ABIVersion() != number {
		t.Errorf("the archive has the ABI %d, and the header %d", ABIVersion(), number)
	}
	if !strings.Contains(file(t, "../../Cargo.toml"), `version = "`+Version()+`"`) {
		t.Error("the archive is of another version:", Version())
	}
}

func TestEveryExportedFunctionIsCalled(t *testing.T) {
	var sources string
	for _, pattern := range []string{"*.go", "*.h", "*.c"} {
		files, _ := filepath.Glob(pattern)
		for _, path := range files {
			if !strings.HasSuffix(path, "_test.go") {
				sources += file(t, path)
			}
		}
	}
	// The payload is read in Go.
	payload := []string{"jeton_claims_text", "jeton_claims_value", "jeton_claims_integer", "jeton_claims_boolean", "jeton_claims_has"}
	names := declared(file(t, "../../include/jeton.h"))
	if len(names) < 60 {
		t.Fatalf("only %d functions were found in jeton.h", len(names))
	}
	for _, name := range names {
		called := regexp.MustCompile(`\b` + name + `\(`).MatchString(sources)
		if called == slices.Contains(payload, name) {
			t.Errorf("%s is called: %v", name, called)
		}
	}
}

// constants are those of a type, by name, with what they are defined as.
func constants(t *testing.T, file, of string) map[string]string {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, declaration := range parsed.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			values := spec.(*ast.ValueSpec)
			if kind, ok := values.Type.(*ast.Ident); !ok || kind.Name != of {
				continue
			}
			switch value := values.Values[0].(type) {
			case *ast.SelectorExpr:
				found[values.Names[0].Name] = value.Sel.Name
			case *ast.BasicLit:
				found[values.Names[0].Name], _ = strconv.Unquote(value.Value)
			}
		}
	}
	return found
}

func TestEveryStatusIsAnError(t *testing.T) {
	known := constants(t, "status.go", "Status")
	listed := regexp.MustCompile(`(?m)^  (JETON_[A-Z_]+) = (\d+),`).FindAllStringSubmatch(file(t, "../../include/jeton.h"), -1)
	if len(listed) < 30 {
		t.Fatalf("only %d statuses were found in jeton.h", len(listed))
	}
	for _, status := range listed {
		name, text := status[1], status[2]
		if name == "JETON_OK" {
			continue
		}
		camel := "Err"
		for _, word := range strings.Split(strings.TrimPrefix(name, "JETON_"), "_") {
			camel += word[:1] + strings.ToLower(word[1:])
		}
		if known[camel] != name {
			t.Errorf("%s should be %s", camel, name)
		}
		delete(known, camel)
		number, _ := strconv.Atoi(text)
		word := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, "JETON_")), "_", "-")
		if Status(number).Name() != word || Status(number).Error() != "jeton: "+word {
			t.Errorf("%d is %s, not %s", number, Status(number).Name(), word)
		}
	}
	if len(known) > 0 {
		t.Error("statuses that the header doesn't have:", known)
	}
}

// schema is include/options.schema.json.
func schema(t *testing.T) map[string]struct {
	Enum       []string                   `json:"enum"`
	Required   []string                   `json:"required"`
	Properties map[string]json.RawMessage `json:"properties"`
} {
	var parsed struct {
		Defs map[string]struct {
			Enum       []string                   `json:"enum"`
			Required   []string                   `json:"required"`
			Properties map[string]json.RawMessage `json:"properties"`
		} `json:"$defs"`
	}
	// Where there is an enum of something else than names, it isn't asked for.
	if err := json.Unmarshal([]byte(file(t, "../../include/options.schema.json")), &parsed); err != nil {
		t.Fatal(err)
	}
	return parsed.Defs
}

// tagged are the names that the fields of a struct have in JSON.
func tagged(of reflect.Type) []string {
	var names []string
	for index := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(index).Tag.Get("json"), ",")
		if name != "-" {
			names = append(names, name)
		}
	}
	return names
}

func TestEveryOptionIsAField(t *testing.T) {
	types := map[string]reflect.Type{
		"deny": reflect.TypeFor[Deny](), "limits": reflect.TypeFor[Limits](), "trust": reflect.TypeFor[Trust](),
		"verifier": reflect.TypeFor[VerifierOptions](), "minter": reflect.TypeFor[MinterOptions](),
		"keys": reflect.TypeFor[KeyOptions](), "generate": reflect.TypeFor[GenerateOptions](),
		"list": reflect.TypeFor[ListOptions](), "status_list": reflect.TypeFor[StatusListOptions](),
		"source": reflect.TypeFor[SourceOptions](), "jws": reflect.TypeFor[JWSOptions](),
		"memory": reflect.TypeFor[RevocationsOptions](), "sqlite": reflect.TypeFor[RevocationsOptions](),
		"redis": reflect.TypeFor[RevocationsOptions](), "secret_place": reflect.TypeFor[SecretPlace](),
		"rule": reflect.TypeFor[Rule](), "revoke_claims": reflect.TypeFor[RevokeClaimsOptions](),
		"revoke_logout": reflect.TypeFor[RevokeLogoutOptions](), "bearer": reflect.TypeFor[BearerOptions](),
		"case": reflect.TypeFor[Case](), "spread": reflect.TypeFor[Spread](), "called": reflect.TypeFor[Called](),
		"stack-auth": reflect.TypeFor[StackAuth](), "pylon": reflect.TypeFor[Pylon](), "porter": reflect.TypeFor[Porter](),
		"foreign": reflect.TypeFor[Foreign](), "protekt": reflect.TypeFor[Protekt](), "at+jwt": reflect.TypeFor[AccessToken](),
		"id_token": reflect.TypeFor[IDToken](), "logout+jwt": reflect.TypeFor[LogoutToken](),
		"dpop":   reflect.TypeFor[DPoP](),
		"derive": reflect.TypeFor[DeriveOptions](),
	}
	// What isn't a document: matchers, and how they are written.
	others := []string{
		"algorithm", "asymmetric", "strings", "seconds", "matcher", "operator", "matchers",
		"issuers", "under", "types", "minted", "system", "kind",
	}
	options := map[reflect.Type][]string{}
	for name, definition := range schema(t) {
		of, known := types[name]
		if !known {
			if !slices.Contains(others, name) {
				t.Errorf("the document %s has no struct", name)
			}
			continue
		}
		fields := tagged(of)
		for option := range definition.Properties {
			options[of] = append(options[of], option)
			if !slices.Contains(fields, option) {
				t.Errorf("%v has no field for %s.%s", of, name, option)
			}
		}
	}
	for of, known := range options {
		for _, field := range tagged(of) {
			if !slices.Contains(known, field) {
				t.Errorf("%v has %s, and no document does", of, field)
			}
		}
	}
	known := constants(t, "keys.go", "Algorithm")
	for _, name := range schema(t)["algorithm"].Enum {
		if known[name] != name {
			t.Errorf("there is no algorithm %s", name)
		}
		delete(known, name)
	}
	if len(known) > 0 {
		t.Error("algorithms that the schema doesn't have:", known)
	}
}

// Every field, with a value that the library takes, reaches it under its name.
func TestEveryFieldIsWritten(t *testing.T) {
	second := Value(time.Second)
	day := Value(time.Unix(1800000000, 0))
	null := Null[json.RawMessage]()
	limits := Limits{Bytes: Value(1000), Depth: Value(5), KID: Value(10)}
	deny := []Deny{{Name: "n", When: Matchers{"a": Not("x")}, Switch: "s"}}
	for _, options := range []any{
		VerifierOptions{
			Issuer: Only("i"), Audience: Waive(), Algorithms: []Algorithm{ES256}, Leeway: second, Lifetime: second, Age: second,
			Type: Only("JWT"), Require: Value([]string{}), Claims: Matchers{"role": Contains("x"), "a": OfType("string"), "b": Present(true)},
			Deny: deny, Trust: []Trust{{}}, Realm: Value("r"), Report: []string{"sub"}, Limits: limits, Cache: null, System: Pylon{},
			IssuedAt: Value("text"), Expires: "inclusive", Revocable: true, Proof: &Proof{Window: second, Replay: Value(false)},
		},
		Trust{
			Issuer: Only("i", "j"), Audience: Only("a"), Keys: 1, Algorithms: []Algorithm{ES256}, Type: Untyped("JWT"),
			Require: Value([]string{"sub"}), Claims: Matchers{"a": Ends("x"), "b": Below(1)}, Deny: deny, Lifetime: second, IssuedAt: Value("text"), Expires: "inclusive", Realm: Value("r"),
		},
		MinterOptions{
			Issuer: Value("i"), Audience: Audience{"a", "b"}, Lifetime: second, Algorithm: EdDSA, KID: "k", Type: Null[string](), ID: Null[string](),
			Claims: map[string]any{"a": 1}, Override: []string{"a"}, Order: []string{"sub"}, Spelling: "least", System: Pylon{},
			Cases: []Case{{When: Matchers{"a": 1}, Issuer: Value("i"), Audience: Audience{"a"}, Check: Matchers{"b": 1}}}, IssuedAt: "text",
			Check: Matchers{"a": 1}, Spread: &Spread{Claim: "m", Except: []string{"a"}},
		},
		DeriveOptions{System: Pylon{}},
		KeyOptions{Algorithm: HS256, KID: "k", Weak: true},
		GenerateOptions{Algorithm: RS256, KID: "k", Bits: 2048},
		SourceOptions{
			URL: "https://a", Issuer: "https://a", File: "f", Algorithm: RS256, Minimum: second, Maximum: second, Cooldown: second, Budget: Value(1),
			Stale: Null[time.Duration](), Timeout: second, Limits: SourceLimits{Bytes: Value(1024), Keys: Value(1)}, CA: Value("f"),
			Proxy: Value("http://p"), Private: true, Refresh: Value(false),
		},
		ListOptions{
			URI: "https://a", URL: "https://a", File: "f", Issuer: Value("i"), Accept: []any{Suspended, 3}, Minimum: second, Maximum: second,
			Stale: Null[time.Duration](), Timeout: second, Limits: ListLimits{Bytes: Value(1024), Unpacked: Value(1)}, CA: Value("f"),
			Proxy: Value("http://p"), Private: true, Refresh: Value(false),
		},
		StatusListOptions{URI: "https://a", Realm: "r", Size: 8, Claim: "c", TTL: second},
		JWSOptions{Algorithm: ES256, KID: "k", Algorithms: []Algorithm{ES256}, Type: Value("t"), Limits: limits},
		RevocationsOptions{
			Names: Value(2), Log: Value(true), Stale: second, Timeout: second, Patience: second, Wait: Value(1), Prefix: "p",
			User: "u", Secret: SecretPlace{File: "f", Env: "e"}, CA: "f", Sentinel: "s", Journal: "f",
		},
		SecretPlace{File: "f", Env: "E"},
		Rule{Realm: "r", Claim: "jti", Value: "x", Key: "k", Before: day, Until: day, Note: "n"},
		RevokeClaimsOptions{Claim: "sid", Before: day, Until: day, Note: "n"},
		RevokeLogoutOptions{Lifetime: second, Note: "n"},
		BearerOptions{Order: []string{"jwt"}, Admin: Value(false), Prefixes: []Prefix{{Prefix: "pk.", Kind: "k", Shape: "{3}"}}, JWT: JWTsMisconfigured, Session: "cookie", Kinds: []Called{{Kind: "k", When: Matchers{"a": 1}}}, System: Pylon{}},
		Limits{Bytes: Value(1), Depth: Value(1), KID: Value(1)},
	} {
		written, err := json.Marshal(options)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal(written, &fields); err != nil {
			t.Fatal(err)
		}
		for _, name := range tagged(reflect.TypeOf(options)) {
			if _, found := fields[name]; !found {
				t.Errorf("%T: %s isn't in %s", options, name, written)
			}
		}
		zero, _ := json.Marshal(reflect.Zero(reflect.TypeOf(options)).Interface())
		if string(zero) != "{}" {
			t.Errorf("%T says something unasked: %s", options, zero)
		}
	}
}

func TestThePlatformsLibrariesAreThoseOfTheBuild(t *testing.T) {
	libraries := strings.TrimSpace(file(t, "../../tests/abi/native-libs.txt"))
	if !strings.Contains(file(t, "link_static.go"), "#cgo linux LDFLAGS: "+libraries+"\n") {
		t.Error("link_static.go doesn't name", libraries)
	}
}
