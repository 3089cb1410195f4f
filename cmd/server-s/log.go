package main

import (
	"log/slog"

	"accio/internal/cli"
	"accio/internal/record"
)

// openLog opens the log that the options ask for: on standard error, or in a file, which is
// nil if there is none.
func openLog(o options, stderr *console) (log *slog.Logger, file *logFile, err error) {
	stderr.format = o.logFormat
	if o.logFormat == "json" {
		stderr.instance = string(o.instance)
	}
	log = stderr.named(record.NewLog(stderr, o.logFormat, o.verbose))
	if o.logFile != "" {
		file, err = openLogFile(o.logFile, log)
		if err != nil {
			return nil, nil, err
		}
		if file.is(o.trace) { // by another name, or a link; nothing is written to it
			return nil, nil, errLogIsTrace
		}
		lines := &console{out: cli.NewOutput(file), columns: func() int { return 0 }, format: o.logFormat, instance: stderr.instance, file: file}
		log = lines.named(record.NewFileLog(lines, o.logFormat, o.verbose))
	}
	if !o.verbose {
		log = slog.New(record.NewFlood(log.Handler()))
	}
	return log, file, nil
}

// endLog writes what a log has still to say when the server ends, with an error or nil.
// On standard error the program says itself which.
func endLog(log *slog.Logger, file *logFile, err error) {
	if flood, ok := log.Handler().(record.Flood); ok {
		flood.Flush()
	}
	if err != nil && file != nil {
		log.Error(err.Error())
	}
}
