package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// fieldNames are the names of all fields, in the order of record.
var fieldNames = [...]string{"t", "connection", "from", "event", "to", "silence", "limit", "result", "bytes", "run", "concurrency", "first", "instance"}

// present says which fields a line has, in the order of fieldNames.
type present [len(fieldNames)]bool

// presentFields returns the fields of a line, a JSON object; or the one that
// package json takes and a trace does not have: one whose name is another in
// other letters, or one that is there twice.
func presentFields(line []byte) (there present, wrong *Violation) {
	for name := range names(line) {
		i := slices.IndexFunc(fieldNames[:], func(field string) bool { return strings.EqualFold(field, string(name)) })
		switch {
		case i < 0:
		case string(name) != fieldNames[i]:
			return there, &Violation{Found: fmt.Sprintf("%+q is no field", name), Allowed: fieldNames[i]}
		case there[i]:
			return there, &Violation{Found: fieldNames[i] + " is there twice", Allowed: fieldNames[i] + " once"}
		default:
			there[i] = true
		}
	}
	return there, nil
}

// names yields the names of an object's fields; what is within their values has
// none. The line must be valid JSON.
func names(line []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		depth := 0
		for i := 0; i < len(line); i++ {
			switch line[i] {
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			case '"':
				begin := i
				for i++; line[i] != '"'; i++ {
					if line[i] == '\\' {
						i++
					}
				}
				named := depth == 1 && bytes.HasPrefix(bytes.TrimLeft(line[i+1:], " \t\r\n"), []byte(":"))
				if named && !yield(unquoted(line[begin:i+1])) {
					return
				}
			}
		}
	}
}

// unquoted returns the text of a JSON string.
func unquoted(quoted []byte) []byte {
	plain := quoted[1 : len(quoted)-1]
	if !bytes.ContainsRune(plain, '\\') {
		return plain
	}
	var text string
	json.Unmarshal(quoted, &text) // it is valid
	return []byte(text)
}
