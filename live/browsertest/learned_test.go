package browsertest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// machine is what accio learn writes of a server that answers the first input with
// the end, where the table goes on.
func machine(role string) []byte {
	type edge struct {
		Output string `json:"output"`
		To     int    `json:"to"`
	}
	type half struct {
		Inputs []string          `json:"inputs"`
		Edges  []map[string]edge `json:"edges"`
	}
	text, err := json.Marshal(map[string]any{
		"schema": "accio-machine/1", "role": role, "command": []string{"./theirs"}, "greeting": "sends a command",
		"machine":   half{[]string{"go", "stop"}, []map[string]edge{{"go": {"nothing", 1}, "stop": {"closes", 2}}, {"go": {"closes", 2}, "stop": {"closes", 2}}, {"go": {"closes", 2}, "stop": {"closes", 2}}}},
		"states":    []string{"AwaitConfirm1", "extra 1", "Error"},
		"specified": half{[]string{"go", "stop"}, []map[string]edge{{"go": {"sends", 1}, "stop": {"closes", 2}}, {"go": {"closes", 2}, "stop": {"closes", 2}}, {"go": {"closes", 2}, "stop": {"closes", 2}}}},
		"places":    []string{"AwaitConfirm1", "AwaitConfirm2", "Error"},
	})
	if err != nil {
		panic(err)
	}
	return text
}

func (b *tab) upload(text []byte) {
	b.t.Helper()
	name := filepath.Join(b.t.TempDir(), "machine.json")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles("#learned-file", []string{name}, chromedp.ByQuery))
}

// Both machines are stepped through, and lit, and a difference is told.
func TestLearnedMachine(t *testing.T) {
	b := explore(t)
	b.upload(machine("server"))
	b.says("learned-live", "Begun: the program sends a command.")
	b.wait(`document.querySelector("#learned-diagram .state.here.there").dataset.state === "AwaitConfirm1"`)
	b.do(chromedp.Click(`#learned-inputs button[data-input="go"]`))
	b.says("learned-live", "After go, the program: nothing; the table: sends.")
	b.wait(`document.querySelector("#learned-diagram .state.here").dataset.state === "AwaitConfirm2" &&
		document.querySelectorAll("#learned-diagram .state.there").length === 0 &&
		document.getElementById("learned-program").textContent === "extra 1" &&
		document.querySelector("#learned-steps .differs").textContent.startsWith("≠ go → ")`)
	b.do(chromedp.Click(`#learned-inputs button[data-input="stop"]`))
	b.says("learned-live", "After stop, both: closes.")
	b.wait(`document.querySelector("#learned-diagram .state.here.there").dataset.state === "Error"`)
	b.do(chromedp.Click("#learned-reset"))
	b.wait(`document.querySelectorAll("#learned-steps li").length === 0`)
}

// What is no such machine is refused, in words.
func TestLearnedMachineOfAnother(t *testing.T) {
	b := explore(t)
	b.upload(machine("client"))
	b.says("learned-live", "cannot be opened: it is a client, and this is the table of the server")
	b.upload([]byte(`{"schema":"accio-machine/9"}`))
	b.says("learned-live", `its schema is "accio-machine/9", wanted "accio-machine/1" with a machine`)
	b.upload([]byte("no"))
	b.says("learned-live", "machine.json cannot be opened: ")
	b.wait(`document.getElementById("learned").hidden`)
}
