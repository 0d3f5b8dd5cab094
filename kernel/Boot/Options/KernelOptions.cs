using System;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Pv.Virtio;

namespace Guest.Boot;

/// <summary>The kernel's command line: <c>key=value</c> words (<see cref="CommandLineWord"/>), and after <c>--</c> the application's.</summary>
/// <remarks>Every key is checked: an unknown one, or a value that means nothing, is an error with a message, never silence. What tools write for
/// Linux (<see cref="LinuxWords"/>) is passed over, and said to be.</remarks>
internal sealed class KernelOptions
{
    /// <summary>The keys there are, for the error message.</summary>
    public const string KnownKeys = "ip=, gateway=, dns=, ip6=, net=, disk=, disk-timeout=, log=, tcp=, test=, virtio_mmio.device=";

    private const int MaximumWords = 64;
    private const int MaximumMmioSlots = 32;
    private const int MaximumDiskTimeoutMilliseconds = 3600 * 1000;
    private const string MmioKey = "virtio_mmio.device=";

    private readonly VirtioMmioSlot[] _mmioSlots = new VirtioMmioSlot[MaximumMmioSlots];
    private readonly string[] _passedOver = new string[MaximumWords];
    private int _mmioSlotCount;
    private int _passedOverCount;

    /// <summary>The value of <see cref="Network"/> by which no card is started.</summary>
    public const string NoNetwork = "none";

    /// <summary><c>net=</c>: which driver takes the network card.</summary>
    public string Network { get; private set; } = "auto";

    /// <summary><c>disk=</c>: which driver takes the disk.</summary>
    public string Disk { get; private set; } = "auto";

    /// <summary><c>disk-timeout=</c>: how long a disk may take over a request before it is reset; null for the usual.</summary>
    public Duration? DiskTimeout { get; private set; }

    /// <summary><c>ip=</c>: <c>dhcp</c>, or an address with a prefix length; Linux's form is turned into these.</summary>
    public string Address { get; private set; } = "dhcp";

    /// <summary><c>gateway=</c>, or null.</summary>
    public string? Gateway { get; private set; }

    /// <summary><c>dns=</c>: addresses of name servers, or null.</summary>
    public string? NameServer { get; private set; }

    /// <summary><c>ip6=</c>: <c>auto</c>, <c>off</c>, or an address with a prefix length and perhaps a router; null for <c>auto</c>.</summary>
    public string? Ipv6 { get; private set; }

    /// <summary><c>test=extra-access</c>: a known cost is added to each packet, by which measurements are tested.</summary>
    public bool ExtraAccess { get; private set; }

    /// <summary><c>tcp=trace</c>: a line is printed for each segment of TCP.</summary>
    public bool TracesTcp { get; private set; }

    /// <summary><c>virtio_mmio.device=</c>, once for each.</summary>
    public ReadOnlySpan<VirtioMmioSlot> MmioSlots => new(_mmioSlots, 0, _mmioSlotCount);

    /// <summary>The words that were passed over because they are meant for Linux.</summary>
    public ReadOnlySpan<string> PassedOver => new(_passedOver, 0, _passedOverCount);

    /// <summary><c>log=</c>.</summary>
    public LogLevel LogLevel { get; private set; } = LogLevel.Info;

    /// <summary>What stands behind <c>--</c>.</summary>
    public string[] ApplicationArguments { get; private set; } = [];

    /// <summary>What was wrong, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads a command line; the result's <see cref="Error"/> says what was wrong with it, if anything.</summary>
    public static KernelOptions Parse(ReadOnlySpan<char> line)
    {
        KernelOptions options = new();
        string[]? arguments = null;
        int argumentCount = 0;
        for (int count = 0; options.Error is null && CommandLineWord.TryTake(ref line, out CommandLineWord word); count++)
        {
            if (count == MaximumWords)
                options.Error = "the command line has more than 64 words";
            else if (arguments is null && word.Text is "--")
                arguments = new string[MaximumWords];
            else if (arguments is null || word.Text.StartsWith(MmioKey)) // QEMU puts those at the very end of a microvm's command line
                options.Apply(word);
            else
                arguments[argumentCount++] = word.ToString();
        }

        if (arguments is not null)
            options.ApplicationArguments = arguments.AsSpan(0, argumentCount).ToArray();
        return options;
    }

    private void Apply(CommandLineWord word)
    {
        if (LinuxWords.Contain(word.Key))
        {
            _passedOver[_passedOverCount++] = new string(word.Text);
            return;
        }

        if (word.Key.IsEmpty || word.Value.IsEmpty)
        {
            Error = string.Concat("option '", new string(word.Text), "' is not of the form key=value; known keys: " + KnownKeys);
            return;
        }

        string key = new(word.Key);
        string value = new(word.Value);
        switch (key)
        {
            case "ip":
                SetAddress(value);
                break;
            case "gateway":
                Gateway = value;
                break;
            case "dns":
                NameServer = value;
                break;
            case "ip6":
                Ipv6 = value;
                break;
            case "net":
                Network = value;
                break;
            case "disk":
                Disk = value;
                break;
            case "disk-timeout":
                SetDiskTimeout(value);
                break;
            case "log":
                SetLogLevel(value);
                break;
            case "tcp" when value == "trace":
                TracesTcp = true;
                break;
            case "tcp":
                Error = string.Concat("tcp=", value, " is not trace");
                break;
            case "test" when value == "extra-access":
                ExtraAccess = true;
                break;
            case "test":
                Error = string.Concat("test=", value, " is not extra-access");
                break;
            case "virtio_mmio.device":
                AddMmioSlot(value);
                break;
            default:
                Error = string.Concat("unknown option '", key, "='; known keys: " + KnownKeys);
                break;
        }
    }

    private void SetAddress(string value)
    {
        if (!LinuxAddress.IsForm(value))
        {
            Address = value;
            return;
        }

        if (!LinuxAddress.TryTranslate(value, out string? ip, out string? gateway, out string? nameServer))
        {
            Error = string.Concat("ip=", value, " is not of Linux's form ADDRESS::GATEWAY:NETMASK:::off");
            return;
        }

        if (ip is null)
            Network = NoNetwork;
        else
            Address = ip;
        Gateway = gateway ?? Gateway;
        NameServer = nameServer ?? NameServer;
    }

    private void SetLogLevel(string value)
    {
        switch (value)
        {
            case "warn":
                LogLevel = LogLevel.Warn;
                break;
            case "info":
                LogLevel = LogLevel.Info;
                break;
            case "debug":
                LogLevel = LogLevel.Debug;
                break;
            default:
                Error = string.Concat("log=", value, " is none of warn, info, debug");
                break;
        }
    }

    private void SetDiskTimeout(string value)
    {
        ReadOnlySpan<char> number = value;
        bool inMilliseconds = number.EndsWith("ms");
        if (inMilliseconds)
            number = number[..^2];
        int scale = inMilliseconds ? 1 : 1000;
        if (int.TryParse(number, out int count) && count > 0 && count <= MaximumDiskTimeoutMilliseconds / scale)
            DiskTimeout = Duration.FromMilliseconds(count * scale);
        else
            Error = string.Concat("disk-timeout=", value, " is neither a number of seconds nor, as in 500ms, of milliseconds, up to an hour");
    }

    private void AddMmioSlot(string value)
    {
        if (!VirtioMmioSlot.TryParse(value, out VirtioMmioSlot slot))
            Error = string.Concat("virtio_mmio.device=", value, " is not of the form SIZE@ADDRESS:LINE");
        else if (_mmioSlotCount == MaximumMmioSlots)
            Error = "there are more than 32 virtio_mmio.device= options";
        else
            _mmioSlots[_mmioSlotCount++] = slot;
    }
}
