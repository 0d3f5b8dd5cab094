using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Guest.Testing;

namespace Guest.Storage.Tests.Virtio;

/// <summary>A disk behind a model virtio device (virtio 1.2, 5.2.6), in memory, with a volatile cache and whatever faults a test asks for.</summary>
public sealed class ModelVirtioDisk
{
    public const int Sectors = 2048;

    public ModelVirtioDisk(ulong features, int ringSize = 64)
    {
        Configuration = new byte[60];
        Put64(0, Sectors);
        Put32(12, 20);              // seg_max
        Put32(20, 512);             // blk_size
        Configuration[24] = 3;      // physical_block_exp: 4 KiB
        Configuration[32] = 1;      // writeback
        Put32(36, 1024);            // max_discard_sectors
        Put32(40, 1);
        Put32(48, 256);             // max_write_zeroes_sectors
        Put32(52, 1);
        Device = new(type: 2, features, Configuration, ringSize) { OnNotify = _ => Serve() };
    }

    public ModelVirtioDevice Device { get; }

    public byte[] Configuration { get; }

    public byte[] Content { get; } = new byte[Sectors * 512];

    /// <summary>Requests that the disk was given, as type and number of pieces with header and status.</summary>
    public List<(uint Type, int Pieces, int Descriptors)> Log { get; } = [];

    /// <summary>Requests wait for <see cref="Serve"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>What the next requests are answered instead of what is right.</summary>
    public byte? Answer { get; set; }

    public void Put32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Configuration.AsSpan(offset), value);

    public void Put64(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Configuration.AsSpan(offset), value);

    /// <summary>Works off what is in the ring.</summary>
    public void Serve(bool evenIfHolding = false)
    {
        if (Holds && !evenIfHolding)
            return;
        ModelRing ring = Device.Ring(0);
        while (ring.Pop() is { } chain)
            ring.Use(chain, Execute(chain));
        ring.WantNotification();
    }

    private uint Execute(ModelChain chain)
    {
        byte[] read = chain.Read();
        uint type = BinaryPrimitives.ReadUInt32LittleEndian(read);
        ulong sector = BinaryPrimitives.ReadUInt64LittleEndian(read.AsSpan(8));
        Log.Add((type, chain.Segments.Count, chain.Descriptors));
        Assert.True(chain.Segments[^1] is { DeviceWrites: true, Length: 1 }, "the status is the last byte");
        byte[] data = new byte[chain.Writable - 1];
        byte status = 0;
        switch (type)
        {
            case 0:
                Content.AsSpan((int)sector * 512, data.Length).CopyTo(data);
                break;
            case 1:
                read.AsSpan(16).CopyTo(Content.AsSpan((int)sector * 512));
                break;
            case 4:
                break;
            case 8:
                Encoding.ASCII.GetBytes("serial-4711").CopyTo(data, 0);
                break;
            case 11 or 13:
                Assert.Equal(0ul, sector);
                ulong first = BinaryPrimitives.ReadUInt64LittleEndian(read.AsSpan(16));
                uint count = BinaryPrimitives.ReadUInt32LittleEndian(read.AsSpan(24));
                Content.AsSpan((int)first * 512, (int)count * 512).Fill(type == 13 ? (byte)0 : (byte)0xdd);
                break;
            default:
                status = 2;
                break;
        }

        return (uint)chain.Write([.. data, type == 8 ? status : Answer ?? status]);
    }
}
