using System;
using System.Buffers.Binary;

namespace Guest.Storage.Devices;

/// <summary>A command to a SATA disk, as the register FIS carries it (SATA 3.1, 10.5.5).</summary>
/// <param name="Command">The command.</param>
/// <param name="Sector">The LBA field, 48 bits.</param>
/// <param name="Count">The Count field, 16 bits: 65,536 is 0.</param>
/// <param name="Features">The Features field, 16 bits.</param>
/// <param name="IsWrite">Whether data goes to the disk.</param>
internal readonly record struct AhciCommand(byte Command, ulong Sector, int Count, int Features, bool IsWrite)
{
    /// <summary>Bytes in the FIS.</summary>
    public const int FisSize = 20;

    private const byte HostToDevice = 0x27;
    private const byte IsCommand = 0x80;

    /// <summary>What a request asks, as a command of its own.</summary>
    public static AhciCommand Unqueued(BlockRequest request, AtaIdentity identity)
    {
        int sectorSize = identity.LogicalSectorSize;
        bool write = request.Operation == BlockOperation.Write;
        byte command = request.Operation switch
        {
            BlockOperation.Flush => identity.Supports48Bit ? AtaCommand.FlushCacheExt : AtaCommand.FlushCache,
            BlockOperation.Discard => AtaCommand.DataSetManagement,
            BlockOperation.Write => identity.Supports48Bit ? AtaCommand.WriteDmaExt : AtaCommand.WriteDma,
            _ => identity.Supports48Bit ? AtaCommand.ReadDmaExt : AtaCommand.ReadDma,
        };
        return request.Operation switch
        {
            BlockOperation.Flush => new(command, 0, 0, 0, false),
            BlockOperation.Discard => new(command, 0, 1, AtaCommand.FeatureTrim, true),
            _ => new(command, (ulong)request.Offset / (uint)sectorSize, (int)(request.Length / sectorSize), 0, write),
        };
    }

    /// <summary>What a read or write asks, as a queued command: the count is where the features were, the tag where the count was.</summary>
    public static AhciCommand Queued(BlockRequest request, AtaIdentity identity, int tag)
    {
        bool write = request.Operation == BlockOperation.Write;
        uint sectorSize = (uint)identity.LogicalSectorSize;
        return new(
            write ? AtaCommand.WriteFpDmaQueued : AtaCommand.ReadFpDmaQueued,
            (ulong)request.Offset / sectorSize,
            tag << 3,
            (int)((ulong)request.Length / sectorSize),
            write);
    }

    /// <summary>Writes the FIS.</summary>
    public void Write(Span<byte> fis)
    {
        fis[0] = HostToDevice;
        fis[1] = IsCommand;
        fis[2] = Command;
        fis[3] = (byte)Features;
        BinaryPrimitives.WriteUInt32LittleEndian(fis[4..], ((uint)Sector & 0xff_ffff) | ((uint)Device << 24));
        BinaryPrimitives.WriteUInt32LittleEndian(fis[8..], ((uint)(Sector >> 24) & 0xff_ffff) | ((uint)(byte)(Features >> 8) << 24));
        BinaryPrimitives.WriteUInt32LittleEndian(fis[12..], (ushort)Count);
        BinaryPrimitives.WriteUInt32LittleEndian(fis[16..], 0);
    }

    /// <summary>The Device field: a logical block's address, and of the commands with 28 bits the upper four.</summary>
    private int Device => AtaStatus.DeviceLba | (Command is AtaCommand.ReadDma or AtaCommand.WriteDma ? (int)(Sector >> 24) & 15 : 0);
}
