using System.Globalization;
using System.Net;

namespace Guest.Tool.Bench.Subjects;

/// <summary>The echo, or the web server, as a process of this host, over the loopback.</summary>
internal sealed class ProcessSubject(string application, string program) : HostProcessSubject(application)
{
    private const int FirstUnprivilegedPort = 7007;

    public override IPAddress Address => IPAddress.Loopback;

    public override int Port => FirstUnprivilegedPort;

    public override void Start()
    {
        Launch(Network.Prefix, program, "--port", Port.ToString(CultureInfo.InvariantCulture));
        WaitForLine($"{Result.Application}: ", BootPatience);
    }
}
