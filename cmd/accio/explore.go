package main

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"os/signal"
	"sync"
	"syscall"

	"accio/internal/cli"
	"accio/model"
	"accio/model/guarded"
	"accio/modelcheck"
	"accio/modelcheck/browse"
	"accio/protocol"

	"github.com/spf13/cobra"
)

func newExplore() *cobra.Command {
	var port int
	c := &cobra.Command{
		Use:   "explore",
		Short: "Walk through the models by hand, in a browser",
		Long: `Serves every model of the tables on a loopback address until it is interrupted:
a state, the steps that lead on, and along the shortest runs that the checker
has found. With --table it is the models of a table of your own.`,
		Args: arguments(0),
	}
	c.Flags().IntVar(&port, "port", 0, "the port to serve on; 0 is any that is free")
	own := ownFlag(c.Flags())
	c.RunE = func(c *cobra.Command, _ []string) error {
		if port < 0 || port > 65535 {
			return cli.Usagef("--port %d: it must be 0 to 65535", port)
		}
		table, err := own()
		if err != nil {
			return err
		}
		studies := model.Levels(&protocol.Server, &protocol.Client, 3)
		if table != nil {
			if studies, err = model.Alone(table); err != nil {
				return err
			}
		}
		ln, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM)
		defer stop()
		fmt.Fprintf(c.OutOrStdout(), "http://%s/\n", ln.Addr())
		return serve(ctx, ln, pages(studies))
	}
	return c
}

// serve serves until ctx is done.
func serve(ctx context.Context, ln net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h}
	defer context.AfterFunc(ctx, func() { s.Close() })()
	if err := s.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

var contents = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Accio: the models</title><style>:root { color-scheme: light dark; } body { font: 15px/1.6 system-ui, sans-serif; margin: 1rem; }</style>
<h1>The models</h1><ul>{{range .}}<li><a href="{{.Name}}/">{{.Title}}</a></li>{{end}}</ul></html>
`))

// pages has a page for each study, which is checked when it is asked for first.
func pages(studies []model.Study) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		contents.Execute(w, studies)
	})
	for _, study := range studies {
		page := sync.OnceValue(func() http.Handler {
			report := study.Run(modelcheck.Limit{})
			return &browse.Page[guarded.State]{Title: study.Title, System: study.Program.System(), Report: report}
		})
		mux.HandleFunc("GET /"+study.Name+"/{$}", func(w http.ResponseWriter, r *http.Request) { page().ServeHTTP(w, r) })
	}
	return mux
}
