using System;

namespace Guest.Core.Cpu;

/// <summary>The serial port of a PC (National PC16550D, 8.0), 115,200 baud, 8 bits, no parity: the console.</summary>
/// <remarks>Every byte costs a port access, and under a hypervisor each of those an exit; so nothing writes here per packet.</remarks>
public sealed class Uart16550
{
    /// <summary>COM1's first port.</summary>
    public const ushort Com1 = 0x3f8;

    /// <summary>COM1's interrupt line.</summary>
    public const int Com1Line = 4;

    private const int Data = 0;
    private const int InterruptEnable = 1;
    private const int FifoControl = 2;
    private const int LineControl = 3;
    private const int ModemControl = 4;
    private const int LineStatus = 5;

    private const byte ReceivedDataAvailable = 1 << 0;
    private const byte DataReady = 1 << 0;
    private const byte TransmitterEmpty = 1 << 5;
    private const int FifoDepth = 16;
    private const int PatienceInReads = 100_000;

    private readonly RegisterWindow _ports;

    /// <summary>Sets the port up, interrupts off.</summary>
    public Uart16550(RegisterWindow ports)
    {
        _ports = ports;
        ports.Write8(InterruptEnable, 0);
        ports.Write8(LineControl, 0x80);
        ports.Write8(Data, 1);
        ports.Write8(InterruptEnable, 0);
        ports.Write8(LineControl, 0x03);
        ports.Write8(FifoControl, 0x07);
        ports.Write8(ModemControl, 0x0b);
    }

    /// <summary>Interrupts from now on when a byte was typed.</summary>
    public void EnableReceiveInterrupt() => _ports.Write8(InterruptEnable, ReceivedDataAvailable);

    /// <summary>Lets the line go, which stays raised as long as a byte waits.</summary>
    public void DisableInterrupts() => _ports.Write8(InterruptEnable, 0);

    /// <summary>Sends bytes, a newline as carriage return and newline. A port that stays busy (or is not there) loses bytes and
    /// never blocks for long.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        int room = 0;
        foreach (byte b in bytes)
        {
            if (b == '\n')
                Send((byte)'\r', ref room);
            Send(b, ref room);
        }
    }

    /// <summary>Takes a typed byte, or returns -1.</summary>
    public int Read() => (_ports.Read8(LineStatus) & DataReady) != 0 ? _ports.Read8(Data) : -1;

    private void Send(byte value, ref int room)
    {
        if (room == 0)
        {
            for (int i = 0; i < PatienceInReads && (_ports.Read8(LineStatus) & TransmitterEmpty) == 0; i++)
            {
            }

            room = FifoDepth;
        }

        _ports.Write8(Data, value);
        room--;
    }
}
