#include "textflag.h"

// Two independent SHA-256 at once, by the processor's SHA extensions: each round waits for the one before it, and in that time
// there is room for a round of another message. The instructions of one group of four rounds follow each other for one message,
// then for the other; the processor runs them side by side.
//
// Of a state the processor takes two halves: F E B A and H G D C, from the lowest word on. So it is kept in memory.
//
//	DX, BX      states of the first and the second message
//	SI, DI      their blocks, of which CX are left
//	AX          the constants
//	X0          words and constants of a group of rounds (the instructions take it unasked)
//	X1, X2      halves of the first state; X3 to X6 its words
//	X7, X8      halves of the second; X9 to X12 its words
//	X13         at hand
//	X14         the mask that turns the words' bytes round

// Four rounds with the words m and the constants of group i.
#define ROUNDS(i, m, feba, hgdc) \
	MOVOU i*16(AX), X0; \
	PADDD m, X0; \
	SHA256RNDS2 X0, feba, hgdc; \
	PSHUFD $0x0e, X0, X0; \
	SHA256RNDS2 X0, hgdc, feba

// The words of the group after m, into next; before is the group before m.
#define NEXT(before, m, next) \
	MOVO m, X13; \
	PALIGNR $4, before, X13; \
	PADDD X13, next; \
	SHA256MSG2 m, next

#define LOAD(i, from, m) \
	MOVOU i*16(from), m; \
	PSHUFB X14, m

// func blocks2(a, b *shaState, p, q *byte, n int)
TEXT ·blocks2(SB), NOSPLIT, $64-40
	MOVQ a+0(FP), DX
	MOVQ b+8(FP), BX
	MOVQ p+16(FP), SI
	MOVQ q+24(FP), DI
	MOVQ n+32(FP), CX
	LEAQ shaConstants<>(SB), AX
	MOVOU shaTurn<>(SB), X14
	MOVOU 0(DX), X1
	MOVOU 16(DX), X2
	MOVOU 0(BX), X7
	MOVOU 16(BX), X8

next:
	MOVOU X1, 0(SP)
	MOVOU X2, 16(SP)
	MOVOU X7, 32(SP)
	MOVOU X8, 48(SP)

	LOAD(0, SI, X3)
	ROUNDS(0, X3, X1, X2)
	LOAD(0, DI, X9)
	ROUNDS(0, X9, X7, X8)
	LOAD(1, SI, X4)
	ROUNDS(1, X4, X1, X2)
	SHA256MSG1 X4, X3
	LOAD(1, DI, X10)
	ROUNDS(1, X10, X7, X8)
	SHA256MSG1 X10, X9
	LOAD(2, SI, X5)
	ROUNDS(2, X5, X1, X2)
	SHA256MSG1 X5, X4
	LOAD(2, DI, X11)
	ROUNDS(2, X11, X7, X8)
	SHA256MSG1 X11, X10
	LOAD(3, SI, X6)
	ROUNDS(3, X6, X1, X2)
	NEXT(X5, X6, X3)
	SHA256MSG1 X6, X5
	LOAD(3, DI, X12)
	ROUNDS(3, X12, X7, X8)
	NEXT(X11, X12, X9)
	SHA256MSG1 X12, X11
	ROUNDS(4, X3, X1, X2)
	NEXT(X6, X3, X4)
	SHA256MSG1 X3, X6
	ROUNDS(4, X9, X7, X8)
	NEXT(X12, X9, X10)
	SHA256MSG1 X9, X12
	ROUNDS(5, X4, X1, X2)
	NEXT(X3, X4, X5)
	SHA256MSG1 X4, X3
	ROUNDS(5, X10, X7, X8)
	NEXT(X9, X10, X11)
	SHA256MSG1 X10, X9
	ROUNDS(6, X5, X1, X2)
	NEXT(X4, X5, X6)
	SHA256MSG1 X5, X4
	ROUNDS(6, X11, X7, X8)
	NEXT(X10, X11, X12)
	SHA256MSG1 X11, X10
	ROUNDS(7, X6, X1, X2)
	NEXT(X5, X6, X3)
	SHA256MSG1 X6, X5
	ROUNDS(7, X12, X7, X8)
	NEXT(X11, X12, X9)
	SHA256MSG1 X12, X11
	ROUNDS(8, X3, X1, X2)
	NEXT(X6, X3, X4)
	SHA256MSG1 X3, X6
	ROUNDS(8, X9, X7, X8)
	NEXT(X12, X9, X10)
	SHA256MSG1 X9, X12
	ROUNDS(9, X4, X1, X2)
	NEXT(X3, X4, X5)
	SHA256MSG1 X4, X3
	ROUNDS(9, X10, X7, X8)
	NEXT(X9, X10, X11)
	SHA256MSG1 X10, X9
	ROUNDS(10, X5, X1, X2)
	NEXT(X4, X5, X6)
	SHA256MSG1 X5, X4
	ROUNDS(10, X11, X7, X8)
	NEXT(X10, X11, X12)
	SHA256MSG1 X11, X10
	ROUNDS(11, X6, X1, X2)
	NEXT(X5, X6, X3)
	SHA256MSG1 X6, X5
	ROUNDS(11, X12, X7, X8)
	NEXT(X11, X12, X9)
	SHA256MSG1 X12, X11
	ROUNDS(12, X3, X1, X2)
	NEXT(X6, X3, X4)
	SHA256MSG1 X3, X6
	ROUNDS(12, X9, X7, X8)
	NEXT(X12, X9, X10)
	SHA256MSG1 X9, X12
	ROUNDS(13, X4, X1, X2)
	NEXT(X3, X4, X5)
	ROUNDS(13, X10, X7, X8)
	NEXT(X9, X10, X11)
	ROUNDS(14, X5, X1, X2)
	NEXT(X4, X5, X6)
	ROUNDS(14, X11, X7, X8)
	NEXT(X10, X11, X12)
	ROUNDS(15, X6, X1, X2)
	ROUNDS(15, X12, X7, X8)

	MOVOU 0(SP), X0
	PADDD X0, X1
	MOVOU 16(SP), X0
	PADDD X0, X2
	MOVOU 32(SP), X0
	PADDD X0, X7
	MOVOU 48(SP), X0
	PADDD X0, X8
	ADDQ $64, SI
	ADDQ $64, DI
	DECQ CX
	JNZ next

	MOVOU X1, 0(DX)
	MOVOU X2, 16(DX)
	MOVOU X7, 0(BX)
	MOVOU X8, 16(BX)
	RET

// func hasSHA() bool
TEXT ·hasSHA(SB), NOSPLIT, $0-1
	MOVB $0, ret+0(FP)
	XORL AX, AX
	CPUID
	CMPL AX, $7
	JLT done
	MOVL $1, AX
	XORL CX, CX
	CPUID
	ANDL $0x80200, CX // SSSE3 and SSE4.1
	CMPL CX, $0x80200
	JNE done
	MOVL $7, AX
	XORL CX, CX
	CPUID
	SHRL $29, BX
	ANDL $1, BX
	MOVB BX, ret+0(FP)

done:
	RET

DATA shaTurn<>+0(SB)/8, $0x0405060700010203
DATA shaTurn<>+8(SB)/8, $0x0c0d0e0f08090a0b
GLOBL shaTurn<>(SB), RODATA|NOPTR, $16

DATA shaConstants<>+0(SB)/8, $0x71374491428a2f98
DATA shaConstants<>+8(SB)/8, $0xe9b5dba5b5c0fbcf
DATA shaConstants<>+16(SB)/8, $0x59f111f13956c25b
DATA shaConstants<>+24(SB)/8, $0xab1c5ed5923f82a4
DATA shaConstants<>+32(SB)/8, $0x12835b01d807aa98
DATA shaConstants<>+40(SB)/8, $0x550c7dc3243185be
DATA shaConstants<>+48(SB)/8, $0x80deb1fe72be5d74
DATA shaConstants<>+56(SB)/8, $0xc19bf1749bdc06a7
DATA shaConstants<>+64(SB)/8, $0xefbe4786e49b69c1
DATA shaConstants<>+72(SB)/8, $0x240ca1cc0fc19dc6
DATA shaConstants<>+80(SB)/8, $0x4a7484aa2de92c6f
DATA shaConstants<>+88(SB)/8, $0x76f988da5cb0a9dc
DATA shaConstants<>+96(SB)/8, $0xa831c66d983e5152
DATA shaConstants<>+104(SB)/8, $0xbf597fc7b00327c8
DATA shaConstants<>+112(SB)/8, $0xd5a79147c6e00bf3
DATA shaConstants<>+120(SB)/8, $0x1429296706ca6351
DATA shaConstants<>+128(SB)/8, $0x2e1b213827b70a85
DATA shaConstants<>+136(SB)/8, $0x53380d134d2c6dfc
DATA shaConstants<>+144(SB)/8, $0x766a0abb650a7354
DATA shaConstants<>+152(SB)/8, $0x92722c8581c2c92e
DATA shaConstants<>+160(SB)/8, $0xa81a664ba2bfe8a1
DATA shaConstants<>+168(SB)/8, $0xc76c51a3c24b8b70
DATA shaConstants<>+176(SB)/8, $0xd6990624d192e819
DATA shaConstants<>+184(SB)/8, $0x106aa070f40e3585
DATA shaConstants<>+192(SB)/8, $0x1e376c0819a4c116
DATA shaConstants<>+200(SB)/8, $0x34b0bcb52748774c
DATA shaConstants<>+208(SB)/8, $0x4ed8aa4a391c0cb3
DATA shaConstants<>+216(SB)/8, $0x682e6ff35b9cca4f
DATA shaConstants<>+224(SB)/8, $0x78a5636f748f82ee
DATA shaConstants<>+232(SB)/8, $0x8cc7020884c87814
DATA shaConstants<>+240(SB)/8, $0xa4506ceb90befffa
DATA shaConstants<>+248(SB)/8, $0xc67178f2bef9a3f7
GLOBL shaConstants<>(SB), RODATA|NOPTR, $256
