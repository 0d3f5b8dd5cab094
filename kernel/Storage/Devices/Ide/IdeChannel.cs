using System;
using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Storage.Devices;

/// <summary>The cable that two drives share: one command at a time, whoever's turn it is. It stays when its controller is unplugged, for the one
/// that comes to its place.</summary>
internal sealed class IdeChannel
{
    /// <summary>Drives on a channel.</summary>
    public const int MostDrives = 2;

    private static readonly Duration s_resetPulse = Duration.FromMicroseconds(5);
    private static readonly Duration s_resetSettle = Duration.FromMilliseconds(2);

    /// <summary>ATA-6 lets a drive take 31 s to spin up; emulated ones take none, and the guest does nothing else meanwhile.</summary>
    private static readonly Duration s_resetLimit = Duration.FromSeconds(5);
    private static readonly Duration s_commandLimit = Duration.FromSeconds(2);

    private readonly IdeDrive?[] _drives = new IdeDrive?[MostDrives];

    /// <summary>Every drive that was on it, those that went too.</summary>
    private readonly List<IdeDrive> _known = [];
    private readonly Platform _platform;
    private int _selected = -1;

    /// <summary>Makes the state of a channel of which nothing is known yet.</summary>
    public IdeChannel(Platform platform, IdeDescriptors? descriptors)
    {
        _platform = platform;
        Descriptors = descriptors;
    }

    /// <summary>The bus master's table; null where there is no bus master or it is not to be used.</summary>
    public IdeDescriptors? Descriptors { get; }

    /// <summary>Whether the bus master knows where the table is; it keeps the address.</summary>
    public bool DescriptorsAreSet { get; set; }

    /// <summary>Whose command runs.</summary>
    public IdeDrive? Active { get; private set; }

    /// <summary>Time.</summary>
    public Platform Platform => _platform;

    /// <summary>Forgets what was on the channel, resets both drives and asks who is there.</summary>
    /// <param name="ports">The channel's registers.</param>
    /// <param name="answers">Room for both drives' answers, one behind the other.</param>
    /// <returns>A bit for each drive that can be used.</returns>
    public int Probe(IdePorts ports, Span<byte> answers)
    {
        Array.Clear(_drives);
        Active = null;
        if (ports.Control.Read8(IdeRegister.AlternateStatus) == AtaStatus.Floating || !TryPulseReset(ports))
            return 0;
        int found = 0;
        for (int i = 0; i < MostDrives; i++)
        {
            Span<byte> answer = answers.Slice(i * AtaIdentity.Size, AtaIdentity.Size);
            if (!IsThere(ports, i) || !TryIdentify(ports, answer))
                continue;
            if (AtaIdentity.Problem(answer) is { } problem)
                Log.Warn(i == 0 ? "ide" : "ide slave", $"not used: {problem}");
            else
                found |= 1 << i;
        }

        return found;
    }

    /// <summary>Adds a drive that <see cref="Probe"/> found, and prepares it.</summary>
    public void Add(IdeDrive drive)
    {
        _drives[drive.Number] = drive;
        Prepare(drive);
    }

    /// <summary>Remembers a drive that is new, for when it has gone.</summary>
    public void Keep(IdeDrive drive) => _known.Add(drive);

    /// <summary>The drive that was at a place before and that what is there now can go on as, under the same name; null if there is none.</summary>
    /// <param name="number">The place.</param>
    /// <param name="answer">What it says of itself.</param>
    /// <param name="disks">Who has which name.</param>
    public IdeDrive? FindKnown(int number, ReadOnlySpan<byte> answer, DiskSet disks)
    {
        foreach (IdeDrive drive in _known)
        {
            if (drive.Number == number && !disks.HasName(drive.Name) && drive.TryReturn(answer))
                return drive;
        }

        return null;
    }

    /// <summary>Begins a drive's request, or lets it wait until the other drive's is done.</summary>
    public void Start(IdeDrive drive)
    {
        if (Active is not null)
            return;
        Active = drive;
        drive.Begin();
    }

    /// <summary>Whether a drive answers the channel's interrupt: the one whose command runs, or else the first there is.</summary>
    public bool Answers(IdeDrive drive) => Active is null ? drive == (_drives[0] ?? _drives[1]) : drive == Active;

    /// <summary>Ends a drive's turn; the other drive is next.</summary>
    public void Finished(IdeDrive drive)
    {
        Active = null;
        IdeDrive? other = _drives[1 - drive.Number];
        if (other is { IsWaiting: true })
            Start(other);
    }

    /// <summary>Writes the Device register unless it holds the value already. A change of drive needs 400 ns to take effect, which
    /// reading Alternate Status gives it.</summary>
    public void Select(IdePorts ports, int device)
    {
        if (device == _selected)
            return;
        bool otherDrive = _selected < 0 || ((device ^ _selected) & AtaStatus.DeviceSecond) != 0;
        ports.Command.Write8(IdeRegister.Device, (byte)device);
        _selected = device;
        if (otherDrive)
            RegisterWait.For8(_platform, ports.Control, IdeRegister.AlternateStatus, AtaStatus.Busy, 0, s_commandLimit, out _);
    }

    /// <summary>Stops whatever runs, resets both drives and prepares them again; both drives' requests come back as <see cref="BlockStatus.Reset"/>.</summary>
    public void Reset(IdePorts ports)
    {
        ports.BusMaster?.Write8(IdeRegister.BusMasterCommand, 0);
        Active = null;
        bool isReset = TryPulseReset(ports);
        foreach (IdeDrive? drive in _drives)
        {
            if (drive is null)
                continue;
            bool alive = isReset && IsThere(drive.Ports, drive.Number) && Prepare(drive);
            drive.OnChannelReset(alive);
        }
    }

    private static int DeviceOf(int drive) =>
        AtaStatus.DeviceObsolete | AtaStatus.DeviceLba | (drive == 0 ? 0 : AtaStatus.DeviceSecond);

    /// <summary>Software reset (ATA-6, 9.2), which also enables the interrupt.</summary>
    /// <returns>Whether the drives came out of it.</returns>
    private bool TryPulseReset(IdePorts ports)
    {
        // The first drive shows for both how long the reset takes; a place that is empty would read as ready at once.
        ports.Command.Write8(IdeRegister.Device, (byte)DeviceOf(0));
        ports.Control.Write8(IdeRegister.DeviceControl, IdeRegister.SoftwareReset);
        RegisterWait.Pause8(_platform, ports.Control, IdeRegister.AlternateStatus, s_resetPulse);
        ports.Control.Write8(IdeRegister.DeviceControl, 0);
        RegisterWait.Pause8(_platform, ports.Control, IdeRegister.AlternateStatus, s_resetSettle);
        DescriptorsAreSet = false;
        _selected = -1;
        return RegisterWait.For8(_platform, ports.Control, IdeRegister.AlternateStatus, AtaStatus.Busy, 0, s_resetLimit, out _);
    }

    private bool IsThere(IdePorts ports, int drive)
    {
        ports.Command.Write8(IdeRegister.Device, (byte)DeviceOf(drive));
        _selected = DeviceOf(drive);
        byte status = ports.Control.Read8(IdeRegister.AlternateStatus);
        if (status == AtaStatus.Floating)
            return false;
        return RegisterWait.For8(_platform, ports.Control, IdeRegister.AlternateStatus, AtaStatus.Busy, 0, s_resetLimit, out status)
            && status != 0;
    }

    private bool TryIdentify(IdePorts ports, Span<byte> data)
    {
        ports.Command.Write8(IdeRegister.Command, AtaCommand.IdentifyDevice);
        if (!RunPolled(ports, out byte status) || (status & AtaStatus.DataRequest) == 0)
            return false; // a CD-ROM drive, most often, which aborts the command
        ports.Command.ReadString16(IdeRegister.Data, data);
        return true;
    }

    private bool Prepare(IdeDrive drive)
    {
        if (drive.Multiple <= 1)
            return true;
        Select(drive.Ports, DeviceOf(drive.Number));
        drive.Ports.Command.Write8(IdeRegister.SectorCount, (byte)drive.Multiple);
        drive.Ports.Command.Write8(IdeRegister.Command, AtaCommand.SetMultipleMode);
        return RunPolled(drive.Ports, out _);
    }

    /// <summary>Waits for the end of a command without an interrupt, and takes back the interrupt that it raised.</summary>
    private bool RunPolled(IdePorts ports, out byte status)
    {
        ports.Control.Read8(IdeRegister.AlternateStatus); // 400 ns until Busy can be believed
        bool idle = RegisterWait.For8(_platform, ports.Command, IdeRegister.Status, AtaStatus.Busy, 0, s_commandLimit, out status);
        ports.BusMaster?.Write8(IdeRegister.BusMasterStatus, IdeRegister.InterruptSeen | IdeRegister.BusMasterError);
        return idle && (status & (AtaStatus.Error | AtaStatus.DeviceFault)) == 0;
    }
}
