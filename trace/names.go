package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// fieldNames are the names of all fields that a line may have.
var fieldNames = strings.Split(fieldsOfTimedOut+", result, bytes", ", ")

// wrongName says which field of a line, a JSON object, package json takes and
// a trace does not have: one whose name is another in other letters, or one
// that is there twice.
func wrongName(line []byte) (found, allowed string) {
	var seen [16]bool
	for name := range names(line) {
		i := slices.IndexFunc(fieldNames, func(field string) bool { return strings.EqualFold(field, string(name)) })
		switch {
		case i < 0:
		case string(name) != fieldNames[i]:
			return fmt.Sprintf("%+q is no field", name), fieldNames[i]
		case seen[i]:
			return fieldNames[i] + " is there twice", fieldNames[i] + " once"
		default:
			seen[i] = true
		}
	}
	return "", ""
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
