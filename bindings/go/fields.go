package jeton

import (
	"reflect"
	"slices"
	"strings"
)

// field is a field of a struct that a claim goes into, perhaps of an embedded one.
type field struct {
	name string
	// The name as most claims have it, with its quotes and the colon.
	written string
	path    []int
	set     setter
	tagged  bool
	// The first field of the same struct, which tells that struct from others.
	sibling int
}

// structSetter sets the fields whose names the members have, byte for byte.
func structSetter(t reflect.Type) setter {
	fields := fieldsOf(t)
	return func(r *reader, place reflect.Value) bool {
		c := r.peek()
		if c != '{' {
			return r.null() || r.misfits(c, t)
		}
		outermost := r.at == 0
		r.at++
		after, left := 0, len(fields)
		// Neighbours are mostly of one struct, which is then found once.
		parent, sibling := place, -1
		for first := true; r.next('}', first); first = false {
			index := r.expected(fields, after)
			if index < 0 {
				r.raw()
				continue
			}
			f := &fields[index]
			if f.sibling != sibling {
				parent, sibling = f.parent(place), f.sibling
			}
			if !f.set(r, parent.Field(f.path[len(f.path)-1])) {
				return r.within(f.name)
			}
			after = index + 1
			// No name comes twice, so there is nothing left to find.
			if left--; left == 0 && outermost {
				return true
			}
		}
		return true
	}
}

// expected reads a name, and is the index of its field, or -1. Structs are often
// in the order of the claims, so it is looked for from where the last was found,
// and read only if it isn't the next.
func (r *reader) expected(fields []field, after int) int {
	r.peek()
	if after < len(fields) && strings.HasPrefix(r.text[r.at:], fields[after].written) {
		r.at += len(fields[after].written)
		return after
	}
	name := r.name()
	for index := range fields {
		if fields[index].name == name {
			return index
		}
	}
	return -1
}

// parent is the struct that the field is in, with the embedded ones on the way made.
func (f *field) parent(place reflect.Value) reflect.Value {
	for _, index := range f.path[:len(f.path)-1] {
		place = place.Field(index)
		if place.Kind() == reflect.Pointer {
			if place.IsNil() {
				place.Set(reflect.New(place.Type().Elem()))
			}
			place = place.Elem()
		}
	}
	return place
}

// fieldsOf lists the fields of a struct as encoding/json has them: of several
// with one name the outermost counts, of these the one that a tag names, and
// none where that leaves several.
func fieldsOf(t reflect.Type) []field {
	var all []field
	collect(t, nil, map[reflect.Type]bool{}, &all)
	var fields []field
	for index, one := range all {
		if !shadowed(one, index, all) {
			one.written = `"` + one.name + `":`
			one.sibling = slices.IndexFunc(all, one.isSibling)
			fields = append(fields, one)
		}
	}
	return fields
}

func (f *field) isSibling(other field) bool {
	return slices.Equal(f.path[:len(f.path)-1], other.path[:len(other.path)-1])
}

func shadowed(one field, index int, all []field) bool {
	for place, other := range all {
		if place == index || other.name != one.name || len(other.path) > len(one.path) {
			continue
		}
		if len(other.path) < len(one.path) || other.tagged || !one.tagged {
			return true
		}
	}
	return false
}

func collect(t reflect.Type, path []int, under map[reflect.Type]bool, all *[]field) {
	if under[t] {
		return
	}
	under[t] = true
	defer delete(under, t)
	for index := range t.NumField() {
		of := t.Field(index)
		tag := of.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		here := append(path[:len(path):len(path)], index)
		embedded := of.Type
		if embedded.Kind() == reflect.Pointer {
			embedded = embedded.Elem()
		}
		switch {
		case tag == "-":
		case of.Anonymous && name == "" && embedded.Kind() == reflect.Struct:
			if of.IsExported() || embedded == of.Type {
				collect(embedded, here, under, all)
			}
		case of.IsExported():
			one := field{name: name, path: here, tagged: name != "", set: setterOf(of.Type)}
			// A name that would be written with escapes counts as none.
			if !one.tagged || strings.ContainsAny(name, "\"\\") {
				one.name, one.tagged = of.Name, false
			}
			if strings.Contains(","+options+",", ",string,") {
				one.set = setQuoted
			}
			*all = append(*all, one)
		}
	}
}
