package errno

import "syscall"

// The numbers of Winsock, which package syscall does not map to its own.
const (
	wsaEINTR         = syscall.Errno(10004)
	wsaEMFILE        = syscall.Errno(10024)
	wsaEADDRINUSE    = syscall.Errno(10048)
	wsaEADDRNOTAVAIL = syscall.Errno(10049)
	wsaENETDOWN      = syscall.Errno(10050)
	wsaENETRESET     = syscall.Errno(10052)
	wsaECONNABORTED  = syscall.Errno(10053)
	wsaECONNRESET    = syscall.Errno(10054)
	wsaENOBUFS       = syscall.Errno(10055)
	wsaESHUTDOWN     = syscall.Errno(10058)
	wsaECONNREFUSED  = syscall.Errno(10061)
)

var (
	reset   = []syscall.Errno{wsaECONNRESET, wsaECONNABORTED, wsaENETRESET, wsaESHUTDOWN}
	refused = []syscall.Errno{wsaECONNREFUSED}
	inUse   = []syscall.Errno{wsaEADDRINUSE}

	noAddress = []error{wsaEADDRNOTAVAIL}

	passing = []syscall.Errno{wsaEINTR, wsaEMFILE, wsaENETDOWN, wsaECONNABORTED, wsaECONNRESET, wsaENOBUFS}
)
