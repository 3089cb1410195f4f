package conform

func newClientTry(t *try) *clientTry { return &clientTry{try: t} }

type clientTry struct{ *try }

func clientCommands() []Case { return nil }
func clientConfirms() []Case { return nil }
func clientFile() []Case     { return nil }
func clientClose() []Case    { return nil }
func clientProcess() []Case  { return nil }
