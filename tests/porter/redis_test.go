package porter

import (
	"net"
	"os/exec"
	"testing"
)

// redis is a server of its own, with a file that it appends to.
type redis struct {
	location string
	stop     func()
}

func newRedis(t *testing.T) redis {
	free := must(net.Listen("tcp", "127.0.0.1:0"))
	address := free.Addr().String()
	free.Close()
	_, port, _ := net.SplitHostPort(address)
	command := exec.Command("redis-server", "--bind", "127.0.0.1", "--port", port, "--appendonly", "yes", "--save", "", "--dir", t.TempDir())
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	stop := func() {
		command.Process.Kill()
		command.Wait()
	}
	t.Cleanup(stop)
	eventually(t, "the server answers", func() bool {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			connection.Close()
		}
		return err == nil
	})
	return redis{"redis://" + address + "/0", stop}
}
