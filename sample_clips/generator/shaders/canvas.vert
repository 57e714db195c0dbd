#version 330
// Draws the mesh flat in its texture's space, to learn where each texel lies on the body.
in vec2 in_uv; in vec3 in_pos; in float in_hand;
out vec3 v_pos; out float v_hand;
void main() { v_pos = in_pos; v_hand = in_hand; gl_Position = vec4(in_uv * 2.0 - 1.0, 0, 1); }
