using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Pci;

namespace Guest.Storage.Devices;

/// <summary>A port's engine: starting it, stopping it, resetting the disk behind it, and commands run by waiting for them
/// (AHCI 1.3.1, 10). For set-up and recovery; requests go through <see cref="AhciPort"/>.</summary>
internal sealed class AhciLink
{
    private static readonly Duration s_stopLimit = Duration.FromMilliseconds(500); // 10.1.2
    private static readonly Duration s_resetPulse = Duration.FromMilliseconds(1); // 10.4.2
    private static readonly Duration s_linkLimit = Duration.FromMilliseconds(100);
    private static readonly Duration s_readyLimit = Duration.FromSeconds(5);
    private static readonly Duration s_commandLimit = Duration.FromSeconds(2);

    private const uint BusyOrRequest = AtaStatus.Busy | AtaStatus.DataRequest;

    private readonly Platform _platform;
    private readonly PciFunction _function;
    private readonly int _port;

    public AhciLink(Platform platform, PciFunction function, RegisterWindow controller, int number, AhciMemory memory, PathCounters counters)
    {
        Counters = counters;
        _function = function;
        _platform = platform;
        Controller = controller;
        Number = number;
        Memory = memory;
        _port = AhciRegister.Port0 + (number * AhciRegister.PortSize);
    }

    /// <summary>Who pays for it.</summary>
    public PathCounters Counters { get; }

    /// <summary>The whole region: the controller's registers and every port's.</summary>
    public RegisterWindow Controller { get; }

    /// <summary>Which port.</summary>
    public int Number { get; }

    /// <summary>What it reads and writes.</summary>
    public AhciMemory Memory { get; }

    /// <summary>Reads a register of the port.</summary>
    public uint Read(int register) => Controller.Read32(_port + register);

    /// <summary>Writes a register of the port.</summary>
    public void Write(int register, uint value) => Controller.Write32(_port + register, value);

    /// <summary>Points the port at our memory, resets the disk behind it and asks what it is; the answer is in <see cref="AhciMemory.Scratch"/>.</summary>
    /// <param name="problem">Why it cannot be used; null also where there is no disk at all.</param>
    public bool TryIdentify(out string? problem)
    {
        problem = null;
        if (!TryAttach() || !TryResetDisk() || Read(AhciRegister.PxSIG) != AhciRegister.SignatureDisk)
            return false;
        if (!TryRead512(new AhciCommand(AtaCommand.IdentifyDevice, 0, 0, 0, IsWrite: false)))
            problem = "it does not say what it is";
        else
            problem = AtaIdentity.Problem(Memory.Scratch.Bytes);
        return problem is null;
    }

    /// <summary>Stops the command engine, and receiving too: after that the port touches no memory.</summary>
    public bool TryStop()
    {
        if (!TryStopCommands())
            return false;
        Write(AhciRegister.PxCMD, Read(AhciRegister.PxCMD) & ~AhciRegister.PxCMD_FRE);
        return Wait(AhciRegister.PxCMD, AhciRegister.PxCMD_FR, 0, s_stopLimit);
    }

    /// <summary>Stops the command engine, which forgets what was issued (10.3.2).</summary>
    public bool TryStopCommands()
    {
        Write(AhciRegister.PxCMD, Read(AhciRegister.PxCMD) & ~AhciRegister.PxCMD_ST);
        return Wait(AhciRegister.PxCMD, AhciRegister.PxCMD_CR, 0, s_stopLimit);
    }

    /// <summary>Clears what is recorded of errors and starts the command engine; the disk must not be busy.</summary>
    public bool TryStart()
    {
        Write(AhciRegister.PxSERR, uint.MaxValue);
        Write(AhciRegister.PxIS, uint.MaxValue);
        if (!Wait(AhciRegister.PxTFD, BusyOrRequest, 0, s_readyLimit))
            return false;
        Write(AhciRegister.PxCMD, Read(AhciRegister.PxCMD) | AhciRegister.PxCMD_FRE | AhciRegister.PxCMD_ST);
        return true;
    }

    /// <summary>After an error: stops, and starts again; a disk that stayed busy is reset (6.2.2.1).</summary>
    public bool TryRestart()
    {
        bool stopped = TryStopCommands();
        if (stopped && (Read(AhciRegister.PxTFD) & BusyOrRequest) == 0)
            return TryStart();
        return TryResetDisk();
    }

    /// <summary>COMRESET (10.4.2), and a start.</summary>
    public bool TryResetDisk()
    {
        if (!TryStopCommands())
            return false;
        Write(AhciRegister.PxSCTL, AhciRegister.PxSCTL_IPM_NoSleep | AhciRegister.PxSCTL_DET_Reset);
        RegisterWait.Pause32(_platform, Controller, _port + AhciRegister.PxSSTS, s_resetPulse);
        Write(AhciRegister.PxSCTL, AhciRegister.PxSCTL_IPM_NoSleep);
        return Wait(AhciRegister.PxSSTS, AhciRegister.PxSSTS_DET, AhciRegister.PxSSTS_DET_Established, s_linkLimit) && TryStart();
    }

    /// <summary>For a port that cannot be stopped: takes the whole controller, its other ports too, off the bus. Memory comes first.</summary>
    public void CutOff() => _function.Disable(PciCommand.BusMaster);

    /// <summary>Runs a command that reads 512 bytes into <see cref="AhciMemory.Scratch"/>, while nothing else is issued.</summary>
    public bool TryRead512(AhciCommand command)
    {
        BlockSegment scratch = Memory.Scratch;
        scratch.Bytes.Clear();
        Memory.BeginOwn(command, new System.ReadOnlySpan<BlockSegment>(in scratch));
        Write(AhciRegister.PxCI, 1);
        bool answered = false;
        bool failed = false;
        for (Instant end = _platform.Now + s_commandLimit; !answered && !failed && _platform.Now < end;)
        {
            // A command that fails stays issued: its bit in PxCI tells of success only.
            failed = (Read(AhciRegister.PxIS) & AhciRegister.PxIS_TFES) != 0;
            answered = (Read(AhciRegister.PxCI) & 1) == 0;
        }

        Write(AhciRegister.PxIS, uint.MaxValue);
        Memory.EndOwn();
        if (answered && !failed)
            return true;
        TryRestart();
        return false;
    }

    /// <summary>Points the port at our memory and lets it receive, whatever firmware left behind.</summary>
    /// <returns>Whether a link is up.</returns>
    private bool TryAttach()
    {
        Write(AhciRegister.PxIE, 0);
        if (!TryStop())
            return false;
        Write(AhciRegister.PxCLB, (uint)Memory.ListAddress);
        Write(AhciRegister.PxCLBU, (uint)(Memory.ListAddress >> 32));
        Write(AhciRegister.PxFB, (uint)Memory.ReceivedAddress);
        Write(AhciRegister.PxFBU, (uint)(Memory.ReceivedAddress >> 32));
        Write(AhciRegister.PxCMD, Read(AhciRegister.PxCMD) | AhciRegister.PxCMD_FRE | AhciRegister.PxCMD_SUD | AhciRegister.PxCMD_POD);
        return Wait(AhciRegister.PxSSTS, AhciRegister.PxSSTS_DET, AhciRegister.PxSSTS_DET_Established, s_linkLimit);
    }

    private bool Wait(int register, uint mask, uint value, Duration limit) =>
        RegisterWait.For32(_platform, Controller, _port + register, mask, value, limit);
}
