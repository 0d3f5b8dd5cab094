using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Storage.Devices;

/// <summary>One drive on an IDE channel, by bus-master DMA or by multi-sector PIO.</summary>
/// <remarks>A 4 KiB DMA read costs six register writes to say what, one to start, and at its end two reads (whose interrupt? how did it
/// end?) and two writes (stop, acknowledge).</remarks>
internal sealed class IdeDrive : IBlockDevice, IInterruptHandler
{
    private const int MaxTransferBytes = 4 << 20;
    private const ulong Sectors28 = 1UL << 28;
    private static readonly Duration s_dataRequestLimit = Duration.FromSeconds(2);

    private readonly IdeChannel _channel;
    private readonly AtaIdentity _identity;
    private readonly AtaTrimMemory? _trim;
    private BlockRequest? _request;
    private BlockRequest? _finished;
    private IdePioTransfer _pio;
    private bool _usesBusMaster;
    private bool _interrupted;
    private byte _status;
    private byte _busMasterStatus;

    public IdeDrive(IdeChannel channel, int number, IdePorts ports, AtaIdentity identity, PathCounters counters)
    {
        _channel = channel;
        Number = number;
        Ports = ports;
        _identity = identity;
        Counters = counters;
        bool dma = channel.Descriptors is not null && ports.BusMaster is not null && identity.Shape.SupportsDma;
        CanDma = dma;
        Multiple = identity.Shape.MultipleSectors;
        _trim = dma && identity.MaxTrimBytes != 0 ? new AtaTrimMemory() : null;
        Limits = new BlockLimits
        {
            Capacity = identity.Capacity,
            LogicalSectorSize = identity.LogicalSectorSize,
            PhysicalSectorSize = identity.Shape.PhysicalSectorSize,
            MaxRequestBytes = Math.Min(identity.MaxSectors * identity.LogicalSectorSize, MaxTransferBytes),
            MaxSegments = IdeDescriptors.MaxEntries,
            MaxSegmentBytes = IdeDescriptors.Boundary,
            SegmentBoundary = IdeDescriptors.Boundary,
            BufferAlignment = 2,
            HasWriteCache = identity.Shape.HasWriteCache,
            MaxDiscardBytes = _trim is null ? 0 : identity.MaxTrimBytes,
        };
    }

    /// <summary>0 for the first drive of the channel, 1 for the second.</summary>
    public int Number { get; }

    /// <summary>The channel's registers, on this drive's account.</summary>
    public IdePorts Ports { get; }

    /// <summary>Sectors in a data block of READ MULTIPLE; at most 1 where the drive does not know it.</summary>
    public int Multiple { get; private set; }

    /// <summary>Whether a request waits for the other drive's to end.</summary>
    public bool IsWaiting => _request is not null && _channel.Active != this;

    /// <inheritdoc/>
    public string Name => Counters.Name;

    /// <inheritdoc/>
    public BlockIdentity Identity => _identity.Name;

    /// <inheritdoc/>
    public BlockLimits Limits { get; }

    /// <inheritdoc/>
    public BlockDeviceState State { get; private set; }

    /// <inheritdoc/>
    public PathCounters Counters { get; }

    private bool CanDma { get; }

    /// <inheritdoc/>
    public int Submit(ReadOnlySpan<BlockRequest> burst, bool more)
    {
        if (burst.IsEmpty || _request is not null || _finished is not null || State != BlockDeviceState.Ready)
            return 0;
        _request = burst[0];
        _channel.Start(this);
        return 1;
    }

    /// <summary>Writes the command of the drive's request; the channel's turn is this drive's.</summary>
    public void Begin()
    {
        BlockRequest request = _request!;
        _interrupted = false;
        _usesBusMaster = false;
        switch (request.Operation)
        {
            case BlockOperation.Flush:
                Select(0);
                Command(_identity.Supports48Bit ? AtaCommand.FlushCacheExt : AtaCommand.FlushCache);
                break;
            case BlockOperation.Discard:
                BeginTrim(request);
                break;
            default:
                BeginTransfer(request);
                break;
        }

        Counters.Count(PathEvent.Notification);
    }

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        if (!_channel.Answers(this))
            return false;
        if (Ports.BusMaster is not null)
        {
            _busMasterStatus = Ports.BusMaster.Read8(IdeRegister.BusMasterStatus);
            if ((_busMasterStatus & IdeRegister.InterruptSeen) == 0)
                return false;
        }

        _status = Ports.Command.Read8(IdeRegister.Status); // and with that the line falls
        _interrupted = _channel.Active == this;
        if (!_interrupted)
            AcknowledgeBusMaster();
        return true;
    }

    /// <inheritdoc/>
    public int Complete(Span<BlockRequest> burst)
    {
        if (_interrupted)
        {
            _interrupted = false;
            Advance();
        }

        if (_finished is null)
            return 0;
        burst[0] = _finished;
        _finished = null;
        return 1;
    }

    /// <inheritdoc/>
    public bool Arm() => !_interrupted && _finished is null;

    /// <inheritdoc/>
    public void Reset()
    {
        Counters.Count(PathEvent.Reset);
        _channel.Reset(Ports);
    }

    /// <summary>Becomes the drive that has come to the place of this one, which was taken away, if it is of the same kind.</summary>
    /// <param name="answer">What it says of itself.</param>
    public bool TryReturn(ReadOnlySpan<byte> answer)
    {
        if (!_identity.TryTakeOver(answer))
            return false;
        _request = null;
        _finished = null;
        _interrupted = false;
        Limits.Capacity = _identity.Capacity;
        State = BlockDeviceState.Ready;
        return true;
    }

    /// <summary>Gives the request back after a reset of the channel.</summary>
    /// <param name="alive">Whether the drive came through it.</param>
    public void OnChannelReset(bool alive)
    {
        _interrupted = false;
        if (!alive)
        {
            State = BlockDeviceState.Gone;
            Log.Warn(Name, $"does not come back from a reset");
        }

        if (_request is not null)
            Finish(BlockStatus.Reset);
    }

    private void BeginTransfer(BlockRequest request)
    {
        int sectorSize = Limits.LogicalSectorSize;
        ulong sector = (ulong)request.Offset / (uint)sectorSize;
        int count = (int)(request.Length / sectorSize);
        bool write = request.Operation == BlockOperation.Write;
        bool wide = count > 256 || sector + (uint)count > Sectors28;
        int entries = CanDma ? _channel.Descriptors!.Fill(request.Segments) : 0;
        Counters.Count(PathEvent.Descriptor, entries);
        WriteAddress(sector, count, wide);
        if (entries != 0)
        {
            Command((wide, write) switch
            {
                (false, false) => AtaCommand.ReadDma,
                (false, true) => AtaCommand.WriteDma,
                (true, false) => AtaCommand.ReadDmaExt,
                (true, true) => AtaCommand.WriteDmaExt,
            });
            StartBusMaster(toMemory: !write);
            return;
        }

        // Memory beyond 4 GiB ends here too: the bus master cannot reach it.
        _pio = new IdePioTransfer(request, Math.Max(Multiple, 1) * sectorSize);
        Command((Multiple > 1, wide, write) switch
        {
            (true, false, false) => AtaCommand.ReadMultiple,
            (true, false, true) => AtaCommand.WriteMultiple,
            (true, true, false) => AtaCommand.ReadMultipleExt,
            (true, true, true) => AtaCommand.WriteMultipleExt,
            (false, false, false) => AtaCommand.ReadSectors,
            (false, false, true) => AtaCommand.WriteSectors,
            (false, true, false) => AtaCommand.ReadSectorsExt,
            (false, true, true) => AtaCommand.WriteSectorsExt,
        });
        if (write)
            SendFirstBlock();
    }

    private void BeginTrim(BlockRequest request)
    {
        int sectorSize = Limits.LogicalSectorSize;
        BlockSegment ranges = _trim!.Fill((ulong)request.Offset / (uint)sectorSize, request.Length / sectorSize);
        _channel.Descriptors!.Fill(new ReadOnlySpan<BlockSegment>(in ranges));
        Select(0);
        Ports.Command.Write8(IdeRegister.Features, AtaCommand.FeatureTrim);
        Ports.Command.Write8(IdeRegister.SectorCount, 1);
        Command(AtaCommand.DataSetManagement);
        StartBusMaster(toMemory: false);
    }

    /// <summary>Writes sector and count: the EXT commands' registers are two deep, and take the upper byte first (ATA-6, 6.20).</summary>
    private void WriteAddress(ulong sector, int count, bool wide)
    {
        RegisterWindow ports = Ports.Command;
        Select(wide ? 0 : (int)(sector >> 24) & 15);
        if (wide)
        {
            ports.Write8(IdeRegister.SectorCount, (byte)(count >> 8));
            ports.Write8(IdeRegister.LbaLow, (byte)(sector >> 24));
            ports.Write8(IdeRegister.LbaMid, (byte)(sector >> 32));
            ports.Write8(IdeRegister.LbaHigh, (byte)(sector >> 40));
        }

        ports.Write8(IdeRegister.SectorCount, (byte)count); // 256, or 65,536, is 0
        ports.Write8(IdeRegister.LbaLow, (byte)sector);
        ports.Write8(IdeRegister.LbaMid, (byte)(sector >> 8));
        ports.Write8(IdeRegister.LbaHigh, (byte)(sector >> 16));
    }

    private void Select(int lbaTop)
    {
        int device = AtaStatus.DeviceObsolete | AtaStatus.DeviceLba | (Number == 0 ? 0 : AtaStatus.DeviceSecond) | lbaTop;
        _channel.Select(Ports, device);
    }

    private void Command(byte command) => Ports.Command.Write8(IdeRegister.Command, command);

    private void StartBusMaster(bool toMemory)
    {
        _usesBusMaster = true;
        if (!_channel.DescriptorsAreSet)
        {
            Ports.BusMaster!.Write32(IdeRegister.DescriptorTable, (uint)_channel.Descriptors!.Address);
            _channel.DescriptorsAreSet = true;
        }

        Ports.BusMaster!.Write8(IdeRegister.BusMasterCommand, (byte)(IdeRegister.Start | (toMemory ? IdeRegister.ToMemory : 0)));
    }

    /// <summary>A write's first block is asked for without an interrupt (ATA-6, 9.6).</summary>
    private void SendFirstBlock()
    {
        Ports.Control.Read8(IdeRegister.AlternateStatus); // 400 ns until Busy can be believed
        bool idle = RegisterWait.For8(
            _channel.Platform, Ports.Control, IdeRegister.AlternateStatus, AtaStatus.Busy, 0, s_dataRequestLimit, out byte status);
        if (idle && (status & AtaStatus.DataRequest) != 0)
            _pio.SendBlock(Ports.Command);
        else if (idle && (status & (AtaStatus.Error | AtaStatus.DeviceFault)) == 0)
            Refuse("wants no data for a write");

        // An error raises the interrupt by itself; a drive that stays busy runs into the queue's time-out.
    }

    /// <summary>Does what the interrupt asked for, with the status that its handler read.</summary>
    private void Advance()
    {
        if ((_status & AtaStatus.Busy) != 0)
            return; // not the end yet: whoever interrupted, it was too early
        if (_usesBusMaster)
            Ports.BusMaster!.Write8(IdeRegister.BusMasterCommand, 0);
        AcknowledgeBusMaster();
        if ((_status & (AtaStatus.Error | AtaStatus.DeviceFault)) != 0)
            Fail();
        else if (_usesBusMaster)
            EndDma();
        else if (_request!.MovesData)
            AdvancePio();
        else
            Finish(BlockStatus.Ok);
    }

    private void EndDma()
    {
        bool incomplete = (_busMasterStatus & (IdeRegister.BusMasterError | IdeRegister.Active)) != 0;
        if (incomplete)
            Log.Warn(Name, $"the bus master did not finish: status {_busMasterStatus:x2}");
        Finish(incomplete ? BlockStatus.DeviceError : BlockStatus.Ok);
    }

    private void AdvancePio()
    {
        bool wanted = (_status & AtaStatus.DataRequest) != 0;
        bool write = _request!.Operation == BlockOperation.Write;
        if (wanted == (_pio.Remaining == 0))
        {
            Refuse(wanted ? "wants more data than it was asked to move" : "ended before all data was moved");
            return;
        }

        if (wanted && write)
            _pio.SendBlock(Ports.Command);
        else if (wanted)
            _pio.ReceiveBlock(Ports.Command);
        if (_pio.Remaining == 0 && (!write || !wanted))
            Finish(BlockStatus.Ok);
    }

    private void Fail()
    {
        byte error = Ports.Command.Read8(IdeRegister.Error);
        Log.Warn(Name, $"error at byte {_request!.Offset}, {_request.Length} bytes: status {_status:x2} error {error:x2}");
        Finish(BlockStatus.DeviceError);
    }

    /// <summary>The drive broke the protocol: the channel is reset, and the queue tries again.</summary>
    private void Refuse(string what)
    {
        Counters.Count(PathEvent.Violation);
        Log.Warn(Name, $"{what}: reset");
        Reset();
    }

    private void AcknowledgeBusMaster() => Ports.BusMaster?.Write8(
        IdeRegister.BusMasterStatus, (byte)((_busMasterStatus & 0x60) | IdeRegister.InterruptSeen | IdeRegister.BusMasterError));

    private void Finish(BlockStatus status)
    {
        BlockRequest request = _request!;
        request.Status = status;
        _finished = request;
        _request = null;
        if (_channel.Active == this)
            _channel.Finished(this);
    }
}
