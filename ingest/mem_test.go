package ingest
import ("testing";"os";"strings";"context";"fmt";"runtime";"time")
func TestMem(t *testing.T){
	p:=os.Getenv("MEMFILE")
	if p=="" { t.Skip() }
	start:=time.Now()
	in,err:=Read(context.Background(),p,Options{},Rules{Catalogue:catalogue(t)})
	if err!=nil {t.Fatal(err)}
	d:=time.Since(start)
	b,_:=os.ReadFile("/proc/self/status")
	for _,l:=range strings.Split(string(b),"\n"){ if strings.HasPrefix(l,"VmHWM"){fmt.Println(len(in.Rows),d,l)}}
	runtime.GC(); var m runtime.MemStats; runtime.ReadMemStats(&m); fmt.Println("live MB",m.HeapAlloc>>20, "total alloc", m.TotalAlloc>>20)
	runtime.KeepAlive(in)
}
func TestMakeFiles(t *testing.T){
	if os.Getenv("MKFILES")=="" {t.Skip()}
	os.WriteFile("/tmp/m1.csv",payrollCSV(1_000_000),0o600)
	os.WriteFile("/tmp/m1.xlsx",payrollXLSX(t,1_000_000),0o600)
}
