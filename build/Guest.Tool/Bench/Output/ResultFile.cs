using System.IO;
using System.Text.Json;
using Guest.Rig;
using Guest.Tool.Bench.Results;

namespace Guest.Tool.Bench.Output;

/// <summary><c>results.json</c>.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions s_format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Writes one.</summary>
    public static void Write(string path, BenchResults results) => File.WriteAllText(path, JsonSerializer.Serialize(results, s_format));

    /// <summary>Reads one, by its name or its folder's.</summary>
    public static BenchResults Read(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, "results.json") : path;
        if (!File.Exists(file))
            throw new RigException($"There are no results at {path}.");
        try
        {
            return JsonSerializer.Deserialize<BenchResults>(File.ReadAllText(file), s_format)
                ?? throw new RigException($"{file} is empty.");
        }
        catch (JsonException malformed)
        {
            throw new RigException($"{file} holds no results: {malformed.Message}", malformed);
        }
    }
}
