package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
)

// What a hash costs (RFC 9106, and OWASP's least): 19 MiB, two passes.
const (
	memory  = 19 << 10 // KiB
	passes  = 2
	threads = 1
	size    = 32
)

// slots is how many hashes are made at once: each takes its memory.
var slots = make(chan struct{}, 2)

// maxPassword is how many bytes of a password are hashed. Longer is nobody's.
const maxPassword = 1000

func derive(ctx context.Context, password string, salt []byte, m, t uint32, p uint8, n uint32) ([]byte, error) {
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password[:min(len(password), maxPassword)]), salt, t, m, p, n), nil
}

// hashOf writes the hash of a password in PHC form.
func hashOf(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	key, err := derive(ctx, password, salt, memory, passes, threads, size)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, threads, b64(salt), b64(key)), err
}

// matches reports whether a hash is a password's. A hash that is none is nobody's.
func matches(ctx context.Context, hash, password string) (bool, error) {
	var v int
	var m, t uint32
	var p uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, nil
	}
	_, verr := fmt.Sscanf(parts[2], "v=%d", &v)
	_, cerr := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p)
	salt, serr := base64.RawStdEncoding.DecodeString(parts[4])
	want, kerr := base64.RawStdEncoding.DecodeString(parts[5])
	if verr != nil || cerr != nil || serr != nil || kerr != nil || v != argon2.Version || len(want) < 16 || m > 1<<20 || t == 0 || t > 10 || p == 0 {
		return false, nil
	}
	got, err := derive(ctx, password, salt, m, t, p, uint32(len(want)))
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

// nobodys is a hash that no password has: who tries a name that there is not
// waits as long as for one that there is.
var nobodys = sync.OnceValue(func() string {
	hash, _ := hashOf(context.Background(), rand.Text())
	return hash
})
