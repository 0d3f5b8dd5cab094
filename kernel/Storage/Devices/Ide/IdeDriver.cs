using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Pci;

namespace Guest.Storage.Devices;

/// <summary>IDE controllers on PCI (PCI IDE Controller Specification 1.0; PIIX3): two channels of two drives, at the ports and interrupts
/// of the PC/AT or, in native mode, at those of the function.</summary>
public sealed class IdeDriver(bool useDma) : PciBlockDriver
{
    private const int BusMasterBar = 4;
    private const byte InterfaceBusMaster = 0x80;

    private static readonly ushort[] s_commandPorts = [0x1f0, 0x170];
    private static readonly ushort[] s_controlPorts = [0x3f6, 0x376];
    private static readonly int[] s_lines = [14, 15];

    /// <inheritdoc/>
    public override string Name => useDma ? "ide" : "ide-pio";

    /// <inheritdoc/>
    public override bool Matches(PciFunction function) => function.BaseClass == 1 && function.SubClass == 1;

    /// <inheritdoc/>
    public override void Attach(PciFunction function, Platform platform, DiskSet disks)
    {
        function.Enable(PciCommand.IoSpace | (useDma ? PciCommand.BusMaster : PciCommand.None));
        IdeController controller = (IdeController)(function.DriverState ??= new IdeController());
        for (int i = 0; i < IdeController.Channels; i++)
            AttachChannel(function, platform, disks, controller, i);
    }

    private void AttachChannel(PciFunction function, Platform platform, DiskSet disks, IdeController controller, int index)
    {
        bool native = (function.ProgrammingInterface & (1 << (index * 2))) != 0;
        int line = native ? function.InterruptLine : s_lines[index];
        // The controller pays for looking; each drive that is found gets an account of its own.
        controller.Probing[index] ??= OpenPorts(function, platform, index, native, controller.Counters);
        if (controller.Probing[index] is not { } probing)
            return;
        IdeChannel channel = controller[index] ??= NewChannel(platform);
        Span<byte> answers = stackalloc byte[IdeChannel.MostDrives * AtaIdentity.Size];
        int found = channel.Probe(probing, answers);
        for (int number = 0; number < IdeChannel.MostDrives; number++)
        {
            if ((found & (1 << number)) == 0)
                continue;
            ReadOnlySpan<byte> answer = answers.Slice(number * AtaIdentity.Size, AtaIdentity.Size);
            IdeDrive? drive = channel.FindKnown(number, answer, disks);
            if (drive is null)
            {
                PathCounters counters = disks.NewCounters("ide");
                drive = new(channel, number, OpenPorts(function, platform, index, native, counters)!, new AtaIdentity(answer), counters);
                channel.Keep(drive);
            }

            function.Claim(drive.Counters);
            if (line < 0 || !function.TryConnectLine(line, drive))
            {
                Log.Warn(drive.Name, $"not used: interrupt line {line} cannot be connected");
                continue;
            }

            channel.Add(drive);
            disks.Add(drive);
        }
    }

    private IdeChannel NewChannel(Platform platform)
    {
        IdeDescriptors? descriptors = useDma ? new IdeDescriptors() : null;
        if (descriptors is not null && descriptors.Address > uint.MaxValue)
            descriptors = null; // the table itself must be where 32 bits reach
        return new IdeChannel(platform, descriptors);
    }

    private static IdePorts? OpenPorts(PciFunction function, Platform platform, int index, bool native, PathCounters counters)
    {
        function.Claim(counters);
        RegisterWindow? busMaster = (function.ProgrammingInterface & InterfaceBusMaster) != 0
            ? function.OpenBar(BusMasterBar, (ulong)index * 8, 8)
            : null;
        if (!native)
        {
            return new IdePorts(
                platform.OpenPorts(s_commandPorts[index], counters), platform.OpenPorts(s_controlPorts[index], counters), busMaster);
        }

        RegisterWindow? command = function.OpenBar(index * 2, 0, 8);
        RegisterWindow? control = function.OpenBar((index * 2) + 1, 2, 1); // the one that matters is the third of four
        return command is null || control is null ? null : new IdePorts(command, control, busMaster);
    }
}
