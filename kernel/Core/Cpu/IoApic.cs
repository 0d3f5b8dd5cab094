namespace Guest.Core.Cpu;

/// <summary>The I/O APIC (82093AA, 3.0): turns the lines of the board into messages to a processor.</summary>
public sealed class IoApic
{
    /// <summary>Where it is unless firmware says otherwise.</summary>
    public const ulong DefaultAddress = 0xfec0_0000;

    private const int RegisterSelect = 0x00;
    private const int Window = 0x10;
    private const uint Version = 0x01;
    private const uint FirstEntry = 0x10;
    private const uint LevelTriggered = 1 << 15;
    private const uint Masked = 1 << 16;

    private readonly RegisterWindow _registers;

    /// <summary>Masks every line.</summary>
    public IoApic(RegisterWindow registers)
    {
        _registers = registers;
        Lines = (int)(Read(Version) >> 16 & 0xff) + 1;
        for (int line = 0; line < Lines; line++)
            Write(FirstEntry + (uint)line * 2, Masked);
    }

    /// <summary>How many lines it has.</summary>
    public int Lines { get; }

    /// <summary>Routes a level-triggered line to a vector of the processor with the given APIC identity.</summary>
    /// <remarks>Active high, as QEMU's and Xen's machines present every line to it.</remarks>
    public void Connect(int line, int vector, uint apicId)
    {
        Write(FirstEntry + (uint)line * 2 + 1, apicId << 24);
        Write(FirstEntry + (uint)line * 2, LevelTriggered | (uint)vector);
    }

    /// <summary>Silences a line.</summary>
    public void Mask(int line) => Write(FirstEntry + (uint)line * 2, Masked);

    private uint Read(uint register)
    {
        _registers.Write32(RegisterSelect, register);
        return _registers.Read32(Window);
    }

    private void Write(uint register, uint value)
    {
        _registers.Write32(RegisterSelect, register);
        _registers.Write32(Window, value);
    }
}
