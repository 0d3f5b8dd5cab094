using System;
using System.Buffers.Binary;
using System.Text;

namespace Guest.Storage.Tests;

/// <summary>What is on the other end of an IDE cable or a SATA link: sectors, an identity, and faults to order.</summary>
public sealed class ModelAtaDrive
{
    public ModelAtaDrive(int bytes)
    {
        Bytes = new byte[bytes];
        Identify = new byte[512];
        Word(49, 0x0300);
        Word(47, 0x8010);
        Word(83, 0x4400 | (1 << 13));
        Word(84, 0x4000);
        Word(85, 0x4020);
        Word(75, 31);
        Word(76, 0x0100);
        Word(169, 1);
        Word(60, bytes / 512);
        BinaryPrimitives.WriteInt64LittleEndian(Identify.AsSpan(200), bytes / 512);
        Text(27, 20, "GUEST MODEL DISK");
        Text(10, 10, "  SER-42");
    }

    public byte[] Bytes { get; }

    public byte[] Identify { get; }

    /// <summary>Whether an access to a sector fails; asked for every sector.</summary>
    public Func<ulong, bool> IsBad { get; set; } = _ => false;

    public int Flushes { get; set; }

    public int Trimmed { get; set; }

    public void Word(int index, int value) => BinaryPrimitives.WriteUInt16LittleEndian(Identify.AsSpan(index * 2), (ushort)value);

    public void SetSerial(string serial) => Text(10, 10, serial);

    public bool Fails(ulong sector, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (IsBad(sector + (uint)i) || sector + (uint)i >= (ulong)Bytes.Length / 512)
                return true;
        }

        return false;
    }

    private void Text(int word, int words, string text)
    {
        byte[] padded = Encoding.ASCII.GetBytes(text.PadRight(words * 2));
        for (int i = 0; i < padded.Length; i++)
            Identify[(word * 2) + (i ^ 1)] = padded[i];
    }
}
