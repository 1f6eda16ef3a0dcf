package jeton

import (
	"encoding/json"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

type name string

type inner struct {
	Text  string `json:"text"`
	Shade string `json:"shade"`
	Deep  *inner `json:"deep"`
}

type promoted struct {
	Shade string `json:"shade"`
	Twice int
	Only  int
}

type other struct {
	Twice int
	Only  int `json:"Only"`
}

// Every way in which a claim may go into a field.
type everything struct {
	promoted
	other
	*RegisteredClaims
	Shade    name             `json:"shade"`
	Named    inner            `json:"named"`
	Pointer  *inner           `json:"pointer"`
	Text     *string          `json:"text"`
	Int      int8             `json:"int"`
	Uint     uint16           `json:"uint"`
	Float    float64          `json:"float"`
	Bool     bool             `json:"bool"`
	Any      any              `json:"any"`
	List     []inner          `json:"list"`
	Lists    [][]int          `json:"lists"`
	Array    [2]string        `json:"array"`
	Bytes    []byte           `json:"bytes"`
	Map      map[name]float64 `json:"map"`
	Object   map[string]any   `json:"object"`
	Numbers  map[int]string   `json:"numbers"`
	Raw      json.RawMessage  `json:"raw"`
	Number   json.Number      `json:"number"`
	Time     time.Time        `json:"time"`
	Address  netip.Addr       `json:"address"`
	Big      *big.Int         `json:"big"`
	Quoted   int              `json:"quoted,string"`
	Hidden   int              `json:"-"`
	Untagged string
}

const whole = `{ "shade":"s\tt", "Only":3, "Twice":4, "iss":"i", "aud":["a"], "exp":5,
 "named":{"text":"x","deep":{"text":"y","deep":null},"more":[1,{"a":"}"}]}, "pointer":{"shade":"\u00e9"}, "text":"",
 "int":-128, "uint":65535, "float":-1.5e3, "bool":true, "any":[null,true,false,1.5,"\"",{"a":{}},[]],
 "list":[{"text":"1"},{"text":"2"},{}], "lists":[[1],[],[2,3]], "array":["p","q"], "bytes":"AQI=",
 "map":{"a":1,"b":-2}, "object":{"k":[1]}, "numbers":{"7":"seven"}, "raw":[1, 2], "number":12.50,
 "time":"2026-01-02T03:04:05Z", "address":"192.0.2.1", "big":123456789012345678901234567890, "quoted":"42",
 "Hidden":1, "Untagged":"u", "ignored":{"deep":["]","\\\""]} }`

// agrees holds decode against encoding/json, where both mean the same: the text has
// no name in other letters.
func agrees[T any](t *testing.T, text string) {
	t.Helper()
	var ours, theirs T
	failed, wrong := decode(text, &ours), json.Unmarshal([]byte(text), &theirs)
	if (failed == nil) != (wrong == nil) {
		t.Errorf("%s into %T: %v here, and %v there", text, ours, failed, wrong)
	}
	if failed == nil && !reflect.DeepEqual(ours, theirs) {
		t.Errorf("%s:\n%+v here, and\n%+v there", text, ours, theirs)
	}
}

func TestDecodingIsWhatEncodingJSONDoes(t *testing.T) {
	agrees[everything](t, whole)
	agrees[map[string]any](t, whole)
	agrees[any](t, whole)
	agrees[map[string]json.RawMessage](t, whole)
	for _, text := range []string{
		`null`, `{}`, ` { } `, `[]`, `[1,2]`, `"x"`, `"\ud83d\ude00"`, `1`, `-0`, `1.0`, `1e2`, `300`, `true`, `false`, `9223372036854775808`, `{"":1}`,
		`{"text":null,"int":null,"float":null,"bool":null,"any":null,"list":null,"map":null,"object":null,"named":null,"pointer":null,"quoted":null,"time":null,"aud":null,"exp":null}`,
	} {
		agrees[any](t, text)
		agrees[inner](t, text)
		agrees[everything](t, text)
		agrees[[]int](t, text)
		agrees[int](t, text)
		agrees[int8](t, text)
		agrees[uint](t, text)
		agrees[float32](t, text)
		agrees[string](t, text)
		agrees[name](t, text)
		agrees[bool](t, text)
		agrees[*int](t, text)
		agrees[map[string]int](t, text)
		agrees[[1]int](t, text)
		agrees[json.Number](t, text)
		agrees[Audience](t, text)
		agrees[error](t, text)
	}
}

func TestTypesThatGoInCirclesAreFine(t *testing.T) {
	type ring struct {
		Next *ring           `json:"next"`
		All  []ring          `json:"all"`
		By   map[string]ring `json:"by"`
	}
	agrees[ring](t, `{"next":{"next":{},"all":[{"by":{"x":{"next":null}}}]}}`)
}

// The payloads of all vectors, which no reader of this kind may stumble over.
func TestEveryVectorsPayloadIsDecodedAlike(t *testing.T) {
	files, _ := filepath.Glob("../../tests/vectors/*.json")
	count := 0
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var file vectorFile
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		for _, one := range file.Vectors {
			if (one.Kind != "" && one.Kind != "verify") || one.Token == nil || string(one.Expect["status"]) != `"ok"` {
				continue
			}
			var payload encoded
			if err := payload.UnmarshalText([]byte(strings.Split(*one.Token, ".")[1])); err != nil {
				t.Fatal(one.Name, err)
			}
			// encoding/json takes no number beyond a double's range.
			if json.Unmarshal(payload, new(any)) == nil {
				agrees[any](t, string(payload))
				agrees[map[string]any](t, string(payload))
				agrees[map[string]json.RawMessage](t, string(payload))
				count++
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d payloads", count)
	}
}

func FuzzDecodingIsWhatEncodingJSONDoes(f *testing.F) {
	f.Add(whole)
	f.Add(payload)
	f.Add(`[["\\\"",{"a":[]}],-1.5e+7]`)
	f.Fuzz(func(t *testing.T, text string) {
		// Only what the library lets through comes here: one spelling of a name.
		if !json.Valid([]byte(text)) || !unique(text) {
			return
		}
		agrees[any](t, text)
		agrees[map[string]any](t, text)
		agrees[map[string]json.RawMessage](t, text)
		agrees[[]any](t, text)
	})
}

// unique tells whether a text is as it was before it was read, so that no name
// stands there twice, no number is beyond a double, and all is UTF-8.
func unique(text string) bool {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return false
	}
	written, err := json.Marshal(value)
	return err == nil && string(written) == text
}
