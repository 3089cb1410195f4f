package manual

import (
	"strings"
	"testing"
	"time"

	"accio/internal/cli"
)

const help = `told does a thing, and
then another: it's ~this~.

A list:
  one     .a\n
  two     b

usage: told [flags] <PORT>


examples:
  told 5000   it is "so"

to be sure:
  told

exit status: 0 it is well; 1 it is
not…
`

const page = `.TH TOLD 1 2026-01-02 "Accio v1.2.0\-rc.1" Accio
.SH NAME
told \- does a thing
.SH SYNOPSIS
\fBtold\fR [flags] \fIPORT\fR
.SH DESCRIPTION
told does a thing, and then another: it\(aqs \(tithis\(ti.
.PP
A list:
.PP
.RS 4
.nf
one     .a\en
two     b
.fi
.RE
.SH COMMANDS
.TP
\fBtold\-more\fR(1)
Tell more.
.SH OPTIONS
.TP
\fB\-n\fR, \fB\-\-number\fR \fIN\fR
so many, of which the usage is so long that it does not stand in one line
(default 1)
.TP
\fB\-\-once\fR
\&.profile is read
.SH "EXIT STATUS"
.TP
\fB0\fR
it is well
.TP
\fB1\fR
it is not\[u2026]
.SH EXAMPLES
.RS 4
.nf
told 5000   it is \(dqso\(dq
.fi
.RE
.PP
to be sure:
.PP
.RS 4
.nf
told
.fi
.RE
.SH "SEE ALSO"
\fBother\fR(1),
\fBtold\-more\fR(1)
`

func TestPage(t *testing.T) {
	told := cli.Description{
		Name: "told", Short: "Does a thing", Help: help,
		Flags: []cli.Flag{
			{Name: "number", Short: "n", Value: "N", Default: "1", Usage: "so many, of which the usage is so long that it does not stand in one line"},
			{Name: "once", Usage: ".profile is read"},
		},
		Commands: []cli.Description{{Name: "told more", Short: "Tell more", Help: "Tell more.\n\nusage: told more\n"}},
	}
	b := &Book{"v1.2.0-rc.1", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), []cli.Description{{Name: "other", Short: "other", Help: "x\n"}, told}}
	pages := b.Pages()
	if len(pages) != 3 {
		t.Errorf("%d pages", len(pages))
	}
	if got := string(pages["told.1"]); got != page {
		t.Errorf("got:\n%s\nwant:\n%s", got, page)
	}
	for _, want := range []string{"\\fBtold more\\fR\n", "\\fBtold\\fR(1),\n\\fBother\\fR(1)\n"} {
		if got := string(pages["told-more.1"]); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
