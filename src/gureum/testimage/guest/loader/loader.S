# Boot sector of the test image.
#
# It copies what the table says (sectors, first sector, address), then enters the Linux kernel by its real mode
# entry point. The builder writes the table and fills in the kernel's setup header, so that nothing is left to
# be worked out here. A boot manager would read a kernel of 14 MB far more slowly under emulation.

        .code16
        .text
        .globl  _start

        .set    SETUP_SEGMENT, 0x1000   # where the builder wants the kernel's real mode part
        .set    BOUNCE_SEGMENT, 0x2000  # the BIOS only writes below 1 MB
        .set    CHUNK, 120              # sectors a read; below the limit of 127, within one segment

_start: ljmp    $0, $begin
begin:  xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movw    $0x7c00, %sp
        cld
        movb    %dl, drive
        inb     $0x92, %al              # address line 20
        orb     $2, %al
        andb    $0xfe, %al
        outb    %al, $0x92
        movw    $table, %bp

extent: movl    (%bp), %eax             # sectors left
        testl   %eax, %eax
        jz      enter
        movl    4(%bp), %ebx
        movl    %ebx, packet_lba
        movl    8(%bp), %edi
chunk:  movl    $CHUNK, %ecx
        cmpl    %ecx, %eax
        jae     1f
        movl    %eax, %ecx
1:      movw    %cx, packet_count
        pushal
        movw    $packet, %si
        movb    drive, %dl
        movb    $0x42, %ah
        int     $0x13
        jc      failed
        popal

        # The BIOS leaves 64 KiB segments behind at every call: open them to 4 GiB again.
        cli
        lgdtl   gdt_pointer
        movl    %cr0, %edx
        orb     $1, %dl
        movl    %edx, %cr0
        jmp     2f
2:      movw    $8, %bx
        movw    %bx, %ds
        movw    %bx, %es
        andb    $0xfe, %dl
        movl    %edx, %cr0
        ljmp    $0, $3f
3:      xorw    %bx, %bx
        movw    %bx, %ds
        movw    %bx, %es
        pushl   %ecx
        shll    $7, %ecx                # sectors to double words
        movl    $(BOUNCE_SEGMENT << 4), %esi
        addr32 rep movsl
        popl    %ecx
        sti

        addl    %ecx, packet_lba
        subl    %ecx, %eax
        jnz     chunk
        addw    $12, %bp
        jmp     extent

enter:  cli
        movw    $SETUP_SEGMENT, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %fs
        movw    %ax, %gs
        movw    %ax, %ss
        movw    $0xdff0, %sp
        ljmp    $(SETUP_SEGMENT + 0x20), $0

failed: movw    $message, %si
4:      lodsb
        testb   %al, %al
        jz      5f
        movb    $0x0e, %ah
        movw    $7, %bx
        int     $0x10
        jmp     4b
5:      hlt
        jmp     5b

message: .asciz "The disk cannot be read.\r\n"
drive:  .byte   0
        .balign 4
packet: .byte   16, 0
packet_count: .word 0
        .word   0, BOUNCE_SEGMENT
packet_lba: .long 0, 0
gdt:    .quad   0
        .quad   0x00cf93000000ffff      # data, base 0, limit 4 GiB
gdt_pointer: .word . - gdt - 1
        .long   gdt

        .org    392                     # the builder's table: three entries of 12 bytes and a zero
table:  .fill   48, 1, 0
