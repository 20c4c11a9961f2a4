package console

import (
	"crypto/tls"
	"os"
	"sync"
	"time"
)

// TLSFiles is TLS with a certificate and its key from two files. They are read anew when
// they were replaced, so that a renewed certificate needs no restart. The error says why
// they are good for nothing now.
func TLSFiles(cert, key string) (*tls.Config, error) {
	f := &tlsFiles{cert: cert, key: key}
	if _, err := f.current(nil); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: f.current}, nil
}

// tlsFiles is a certificate that may be renewed.
type tlsFiles struct {
	cert, key string

	mu     sync.Mutex
	loaded *tls.Certificate
	at     time.Time // when the file of the certificate was written that is loaded
}

// current is the certificate as it stands in the files; the one before, where those
// cannot be used, as while they are being replaced.
func (f *tlsFiles) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.cert)
	if err == nil && f.loaded != nil && info.ModTime().Equal(f.at) {
		return f.loaded, nil
	}
	if err == nil {
		var c tls.Certificate
		if c, err = tls.LoadX509KeyPair(f.cert, f.key); err == nil {
			f.loaded, f.at = &c, info.ModTime()
		}
	}
	if f.loaded != nil {
		return f.loaded, nil
	}
	return nil, err
}
