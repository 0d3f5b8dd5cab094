using System.Linq;
using Guest.Rig.Network.Streams;
using Guest.Tool.Bench.Loads;
using Guest.Tool.Bench.Subjects;
using Web;

namespace Guest.Tool.Bench.Workloads;

/// <summary>A short page that is asked for again and again, on so many connections at once that are kept, one request at a time on each.</summary>
internal sealed record HttpGet(int InFlight) : Workload(Bytes, InFlight)
{
    /// <summary>Where apps/Web has the page.</summary>
    public const string Page = "/small";

    /// <summary>Bytes of the page: as many as the page has that nginx brings along.</summary>
    public const int Bytes = 612;

    /// <summary>The page.</summary>
    public static byte[] Content => global::Web.Content.Letters(Bytes);

    public override string Application => "web";

    public override string Protocol => "http";

    public override Load Open(Subject subject) =>
        StreamLoad.Exchanging(subject, Enumerable.Range(0, InFlight).Select(_ => new HttpExchange(subject.Address.ToString(), Page, Content)));
}
