// Go asks this library of Windows for randomness, and the Wine of Debian does not have it.
// The tests lay it beside the others of their own Wine.
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return SystemFunction036(data, size); }
