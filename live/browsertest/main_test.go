// Package browsertest watches the live page of a real server in a real browser.
// It is a module of its own, so that nobody else needs what drives the browser.
//
// Tests that lack the browser (chromium in PATH) or axe-core are skipped, or
// fail if ACCIO_REQUIRE names browser. ACCIO_AXE is the path of axe.min.js of
// the npm package axe-core. ACCIO_SHOTS is a directory for screenshots to look
// at; with ACCIO_DOC_SHOTS=1 those in docs/screenshots are taken anew.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// root is that of the project.
const root = "../.."

var (
	serverS  string          // the command
	chromium context.Context // the browser, nil if there is none
)

func TestMain(m *testing.M) {
	status, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func run(m *testing.M) (status int, err error) {
	dir, err := os.MkdirTemp("", "accio-browsertest-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	serverS = filepath.Join(dir, "server-s")
	build := exec.Command("go", "build", "-o", serverS, "./cmd/server-s")
	build.Dir = root
	if text, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go build: %w\n%s", err, text)
	}
	if path, err := exec.LookPath("chromium"); err == nil {
		ctx, stop := chromedp.NewExecAllocator(context.Background(),
			chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
			chromedp.UserDataDir(filepath.Join(dir, "profile")),
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
			chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
			chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("disable-lcd-text", true))
		defer stop()
		ctx, stop = chromedp.NewContext(ctx)
		defer stop()
		if err := chromedp.Run(ctx); err != nil {
			return 0, fmt.Errorf("chromium: %w", err)
		}
		chromium = ctx
	}
	return m.Run(), nil
}

// missing skips the test for lack of a tool, or fails it.
func missing(t *testing.T, what string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("ACCIO_REQUIRE"), ","), "browser") {
		t.Fatalf("%s, and ACCIO_REQUIRE names browser", what)
	}
	t.Skip(what)
}
